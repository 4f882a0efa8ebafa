import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { addDays, assetClassOf, formatCell, monthOf, verify } from '@poolproof/chaincode/domain';
import { AccessFailure, exportTape, proveLoans, verifyLoans } from '@poolproof/gateway';

import { authorise, placeNotes, settleIssue } from '../setting/issuing';
import { consumerLoans, monthOfLoans, planFor } from '../setting/plan';
import { datesOn, setStage } from '../setting/stage';
import { openDayOf } from '../setting/month';
import { poolproofIn } from '../setting/command-line';
import { sealTape } from '../setting/sealing';
import { writeDesks } from '../setting/desk-files';

import type { Addition, Amount, Day, Period, RunRecord } from '@poolproof/chaincode/domain';
import type { Loan } from '@poolproof/gateway';
import type { Paid } from '../setting/plan';
import type { Stage } from '../setting/stage';

const each = 10_000_000;
const initial = 60;

/** A plan that buys loans from day to day, exchanges one, and is accelerated when its pool has been too small for 30 days. */
describe('a plan with a revolving period', () => {
    let stage: Stage;
    let dealId: string;
    let folder: string;
    /** Loans repaid in full in the third month. */
    const prepaid = new Set<string>();
    /** Outstanding, by the loan's number. */
    const balances = new Map<string, number>();

    beforeAll(async () => {
        stage = await setStage();
        folder = await mkdtemp(join(tmpdir(), 'poolproof-plan-'));
        await writeDesks(stage.network, folder);
        await writeFile(join(folder, 'sale.txt'), 'the sale of receivables');
        const { cast } = stage;
        dealId = `plan-${stage.tag}`;
        const loans = consumerLoans(stage.tag, 1, initial, each);
        const dates = await datesOn(stage);
        const rules = {
            assetClass: 'consumer-loan',
            rollForward: { exceptions: 'refuse', chargeOffAtZero: true },
            eligibility: [
                { id: 'rate', field: 'currentInterestRate', test: 'most', values: ['0.24'], failing: 'refuse' },
            ],
            concentrations: [{ id: 'region', by: 'geographicRegionObligor', most: '30%', exceeding: 'refuse' }],
            substitution: { most: '10%', balance: { least: '90%', most: '120%' } },
        } as const;
        await cast.bankA.deals.open({ id: dealId, terms: planFor(dealId, BigInt(initial * each), dates), rules });
        const { tapes } = cast.bankA;
        await tapes.submit({ dealId, chunks: await tapes.recordAll(dealId, loans) });
        await sealTape(cast, dealId);
        await authorise(cast, dealId);
        await placeNotes(cast, dealId, { 'bank-b': 50n, fund: 50n });
        const day = await openDayOf(cast, dates.closing as Day);
        await settleIssue(cast, dealId, BigInt(initial * each) as Amount, day);
        await cast.trust.deals.close({ id: dealId });
        for (const { cells } of loans) balances.set(String(cells[0]), each);
    });
    afterAll(async () => {
        await stage.close();
        await rm(folder, { recursive: true });
    });

    /** What a command answers. @throws where it does not end with 0 */
    async function poolproof(...args: string[]): Promise<Readonly<Record<string, unknown>>> {
        const { code, stdout, stderr } = await poolproofIn(folder)('--json', ...args);
        if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${stderr}`);
        return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    }

    /** The same as `buy`, from the command line. */
    async function buyByCommand(number: number, day: Day, first: number, outgoing: readonly string[] = []) {
        const loans = consumerLoans(stage.tag, first, 1, each);
        await writeFile(join(folder, 'bought.csv'), csvOf(loans));
        const { chunks } = await poolproof('--as', 'bank-a', 'addition', 'record', dealId, 'bought.csv');
        const exchanged = outgoing.length > 0 ? ['--outgoing', outgoing.join()] : [];
        const offer = ['addition', 'offer', dealId, `${number}`, day, `${Number(chunks)}`];
        await poolproof('--as', 'bank-a', ...offer, ...exchanged);
        const released = outgoing.length > 0 ? ['--outgoing', '0'] : [];
        await poolproof('--as', 'trust', 'addition', 'take', dealId, '--evidence', 'sale=sale.txt', ...released);
        for (const { cells } of loans) balances.set(String(cells[0]), each);
        return (await stage.cast.fund.additions.list(dealId)).at(-1) as Addition;
    }

    function csvOf(loans: readonly Loan[]): string {
        const { fields } = assetClassOf('consumer-loan').loan;
        const lines = loans.map(({ cells }) => fields.map((field, i) => formatCell(field, cells[i] ?? null, 'USD')));
        return [fields.map(({ name }) => name), ...lines].map(line => `${line.join()}\n`).join('');
    }

    const period = (number: number): Promise<Period> => stage.cast.fund.reports.read(dealId, number);

    async function buy(number: number, day: Day, first: number, count: number): Promise<Addition> {
        const { bankA, fund, trust } = stage.cast;
        const loans = consumerLoans(stage.tag, first, count, each);
        const chunks = await bankA.additions.record(dealId, loans);
        await bankA.additions.offer({ dealId, period: number, day, chunks });
        await trust.additions.take({ dealId, evidence: [{ name: 'sale of receivables', sha256: 'a'.repeat(64) }] });
        for (const { cells } of loans) balances.set(String(cells[0]), each);
        return (await fund.additions.list(dealId)).at(-1) as Addition;
    }

    /** The month is recorded, filed and confirmed, and its waterfall runs. */
    async function month(number: number, paid: (loan: string) => Paid): Promise<RunRecord> {
        const { bankA, trust } = stage.cast;
        const { begins } = await period(number);
        const records = monthOfLoans(monthOf(begins), balances, paid);
        for (const loan of balances.keys()) balances.set(loan, (balances.get(loan) ?? 0) - paid(loan).principal);
        await bankA.reports.recordAll({ dealId, period: number, version: 1 }, records);
        await bankA.reports.file({ dealId, period: number, version: 1 });
        await trust.reports.confirm({ dealId, period: number, version: 1 });
        await trust.waterfalls.run({ dealId, period: number });
        return trust.waterfalls.read(dealId, number);
    }

    const outstanding = () => BigInt([...balances.values()].reduce((sum, balance) => sum + balance, 0));

    /** Every loan pays a twentieth of what it was, and interest. */
    const regular = (loan: string): Paid => ({
        principal: Math.min(balances.get(loan) ?? 0, each / 20),
        interest: 100_000,
    });

    /** Another deal of the same bank is offered a loan: its trustee sees whether it backs a deal. */
    async function conflictsOf(loan: string) {
        const { bankA, trust } = stage.cast;
        const other = `other-${loan}`;
        const [offered] = consumerLoans(stage.tag, Number(loan.split('-').at(-1)), 1, each);
        const rules = {
            assetClass: 'consumer-loan',
            rollForward: { exceptions: 'refuse', chargeOffAtZero: true },
        } as const;
        const terms = planFor(other, BigInt(initial * each), await datesOn(stage));
        await bankA.deals.open({ id: other, terms, rules });
        await bankA.tapes.submit({ dealId: other, chunks: await bankA.tapes.recordAll(other, [offered!]) });
        return trust.pledges.conflicts(other, 0);
    }

    it('buys loans on two days of a month, each purchase under a root of its own', async () => {
        const { begins } = await period(1);
        const first = await buy(1, addDays(begins, 20), 1001, 1);
        const second = await buyByCommand(1, addDays(begins, 25), 1002);
        expect([first, second].map(({ number, first: chunk, count }) => [number, chunk, count])).toEqual([
            [1, 1, 1],
            [2, 2, 1],
        ]);
        const sha256 = createHash('sha256').update('the sale of receivables').digest('hex');
        expect(second.evidence).toEqual([{ name: 'sale', sha256 }]);
        expect(first.root).not.toBe(second.root);
        expect(first).not.toHaveProperty('balance');
        const proof = await stage.cast.bankA.additions.prove(dealId, second, 2, 0);
        expect(verify(proof, second.root)).toMatchObject({ contractNumber: `${stage.tag}-1002` });
        expect(() => verify(proof, first.root)).toThrow('PROOF_INVALID');
        const loans = [`${stage.tag}-1002`];
        const proofs = await proveLoans(stage.cast.bankA, { dealId, addition: second.number, loans });
        expect(verifyLoans(proofs, second.root)).toMatchObject([{ proved: true }]);
        expect(verifyLoans(proofs, first.root)).toMatchObject([{ proved: false }]);
    });

    it('hands the added loans to the regulator with the tape', async () => {
        const lines = [];
        for await (const line of exportTape(stage.cast.regulator, dealId, { fields: ['contractNumber'] }))
            lines.push(line);
        expect(lines.slice(-2)).toEqual([`${stage.tag}-1001`, `${stage.tag}-1002`]);
    });

    it('... which the other bank cannot read', async () => {
        await expect(stage.cast.bankB.tapes.loans(dealId, 1)).rejects.toBeInstanceOf(AccessFailure);
    });

    it('pays for them out of the principal that came in', async () => {
        const run = await month(1, regular);
        const facts = (await period(1)).versions.at(-1)?.facts;
        expect(facts?.receivablesPurchased).toBe(BigInt(2 * each));
        expect(facts?.poolBalanceBeginning).toBe(BigInt(initial * each));
        expect(facts?.poolBalanceEnding).toBe(outstanding());
        const received = (facts?.principalCollections ?? 0n) - BigInt(2 * each);
        expect(run.run?.deposits['principalDeposit']).toBe(received);
        expect(run.run?.status).toBe('revolving');
        expect(run.run?.distributions['A']?.principal).toBe(0n);
    });

    it('tests eligibility and concentration again at every purchase, against the pool as it is', async () => {
        const { bankA } = stage.cast;
        const { begins } = await period(2);
        const [loan] = consumerLoans(stage.tag, 2004, 1, each);
        const dear = { ...loan!, cells: loan!.cells.map(cell => (cell === 12_000_000 ? 30_000_000 : cell)) };
        const chunks = await bankA.additions.record(dealId, [dear]);
        const offer = () => bankA.additions.offer({ dealId, period: 2, day: addDays(begins, 3), chunks });
        await expect(offer()).rejects.toMatchObject({ code: 'LOANS_INELIGIBLE' });
        await bankA.additions.record(
            dealId,
            [0, 4, 8, 12, 16, 20].flatMap(i => consumerLoans(stage.tag, 2004 + i, 1, each)),
        );
        await expect(offer()).rejects.toMatchObject({ code: 'CONCENTRATION_EXCEEDED' });
        expect((await stage.cast.fund.tapes.read(dealId)).offer).toBeUndefined();
    });

    it('exchanges a loan for another in one step, and gives the first free', async () => {
        const { begins } = await period(2);
        const gone = `${stage.tag}-7`;
        await expect(buyByCommand(2, addDays(begins, 4), 3001, ['nobody'])).rejects.toThrow('not in the pool');
        await buyByCommand(2, addDays(begins, 4), 3001, [gone]);
        const left = balances.get(gone) ?? 0;
        const run = await month(2, loan => (loan === gone ? { principal: left, status: 'REBR' } : regular(loan)));
        const facts = (await period(2)).versions.at(-1)?.facts;
        expect(facts).toMatchObject({ repurchases: BigInt(left), receivablesPurchased: BigInt(each) });
        expect(facts?.poolBalanceEnding).toBe(outstanding());
        expect(run.run?.status).toBe('revolving');
        balances.set(gone, 0);
        expect(await conflictsOf(`${stage.tag}-8`)).toMatchObject([{ dealId }]);
        expect(await conflictsOf(gone)).toEqual([]);
    });

    /** With the period in which it lies. */
    const dayOf = async (day: Day) => {
        const { ends } = await period(3);
        return { period: day <= ends ? 3 : 4, day };
    };

    it('is accelerated at once when its pool has been under the threshold for 30 days in a row', async () => {
        const { bankA, fund } = stage.cast;
        const { begins } = await period(3);
        const repaid = [...balances.keys()].slice(10, 30);
        const day = { dealId, period: 3, day: begins };
        const changed = ['loan,balance', ...repaid.slice(1).map(loan => `${loan},0.00`)];
        await writeFile(join(folder, 'changed.csv'), `${changed.join('\n')}\n`);
        await bankA.observations.recordAll(day, new Map(repaid.slice(0, 1).map(loan => [loan, 0])));
        const onDay = [dealId, '3', begins] as const;
        expect(await poolproof('--as', 'bank-a', 'observation', 'record', ...onDay, 'changed.csv')).toMatchObject({
            loans: repaid.length - 1,
        });
        const observed = await poolproof('--as', 'bank-a', 'observation', 'observe', ...onDay);
        expect(observed).toMatchObject({ day: begins, trips: [] });
        const watched = await poolproof('--as', 'fund', 'observation', 'read', dealId);
        expect(watched['balance']).toBe(observed['balance']);
        for (let i = 1; i < 29; i++) {
            const on = await dayOf(addDays(begins, i));
            const { answer } = await bankA.observations.observe({ dealId, ...on });
            expect(answer.trips).toEqual([]);
        }
        const last = await dayOf(addDays(begins, 29));
        const { answer } = await bankA.observations.observe({ dealId, ...last });
        const notify = ['plan-manager', 'custodian', 'servicer'];
        expect(answer.trips).toEqual([
            { day: last.day, trigger: 'poolTooSmall', happened: 'tripped', status: 'accelerated', notify },
        ]);
        expect((await fund.observations.read(dealId))?.balance).toBe(answer.balance);
        expect(answer.balance).toBeLessThan((BigInt(initial * each) * 8n) / 10n);
        for (const loan of repaid) prepaid.add(loan);
    });
    it('... buys nothing more, and repays class A with the very next distribution', async () => {
        const { bankA } = stage.cast;
        const { ends } = await period(3);
        const chunks = await bankA.additions.record(dealId, consumerLoans(stage.tag, 4001, 1, each));
        const offer = bankA.additions.offer({ dealId, period: 3, day: ends, chunks });
        await expect(offer).rejects.toMatchObject({ code: 'NOT_REVOLVING' });
        const run = await month(3, loan =>
            prepaid.has(loan) ? { principal: balances.get(loan) ?? 0 } : { principal: 0, interest: 100_000 },
        );
        expect(run.run?.status).toBe('accelerated');
        expect(run.run?.distributions['A']?.principal).toBeGreaterThan(0n);
    });
});
