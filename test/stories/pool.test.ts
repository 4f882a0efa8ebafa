import { readFileSync } from 'node:fs';

import { assetClassOf, formatCell, verify } from '@poolproof/chaincode/domain';
import { AccessFailure } from '@poolproof/gateway';

import { filed, loadLoans, sample } from '../setting/pool';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { datesOn, setStage, tagged } from '../setting/stage';

import type { Loan } from '@poolproof/gateway';
import type { Stage } from '../setting/stage';
import type { Structure } from '../setting/sealing';

const pools = [sample, ...(filed ? [filed] : [])];
if (!filed) console.info('skipped: stories on real loans, as ../shared/data is not there');

describe.each(pools)('recording $title', files => {
    let stage: Stage;
    let structure: Structure;
    const text = readFileSync(files.loans, 'utf8');

    beforeAll(async () => {
        stage = await setStage();
        const loans = tagged(stage, await loadLoans(files));
        structure = { dealId: `pool-${stage.tag}`, loans, dates: await datesOn(stage) };
        await openDeal(stage.cast, structure);
        await submitTape(stage.cast, structure);
        await sealTape(stage.cast, structure.dealId);
    });
    afterAll(() => stage.close());

    it('publishes the number and balance of its loans, as the file has them', async () => {
        const { pool, status } = await stage.cast.fund.tapes.read(structure.dealId);
        const balances = column(text, 'reportingPeriodActualEndBalanceAmount');
        expect(status).toBe('sealed');
        expect(pool?.count).toBe(balances.length);
        expect(pool?.balance).toBe(balances.reduce((sum, each) => sum + cents(each), 0n));
    });

    it('publishes a stratification whose rows add up to the pool', async () => {
        const { pool } = await stage.cast.fund.tapes.read(structure.dealId);
        expect(pool?.strata.length).toBeGreaterThan(0);
        for (const { rows } of pool?.strata ?? []) {
            expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(pool?.count);
            expect(rows.reduce((sum, row) => sum + row.balance, 0n)).toBe(pool?.balance);
        }
    });

    it('lets the regulator read every loan as it stands in the file', async () => {
        const read = new Map<string, string>();
        const { loan } = assetClassOf('auto-loan');
        const { chunkRoots } = await stage.cast.regulator.tapes.read(structure.dealId);
        for (const number of chunkRoots.keys()) {
            const chunk = await stage.cast.regulator.tapes.loans(structure.dealId, number);
            for (let row = 0; row < chunk.rows; row++)
                read.set(
                    String(chunk.cell(row, 'assetNumber')).replace(`.${stage.tag}`, ''),
                    loan.fields
                        .filter(({ name }) => shown.includes(name))
                        .map(field => formatCell(field, chunk.cell(row, field.name), 'USD'))
                        .join('|'),
                );
        }
        const numbers = column(text, 'assetNumber');
        const states = column(text, 'obligorGeographicLocation');
        const balances = column(text, 'reportingPeriodActualEndBalanceAmount').map(each => asMoney(cents(each)));
        expect(read).toEqual(new Map(numbers.map((number, i) => [number, `${states[i]}|${balances[i]}`])));
    });

    it('... and the other bank and the investor cannot', async () => {
        for (const { tapes } of [stage.cast.bankB, stage.cast.fund]) {
            await expect(tapes.loans(structure.dealId, 0)).rejects.toBeInstanceOf(AccessFailure);
            await expect(tapes.summary(structure.dealId, 0)).rejects.toBeInstanceOf(AccessFailure);
        }
    });

    it('lets the originator prove one loan to an investor, who checks it against the public root', async () => {
        const { bankA, fund } = stage.cast;
        const proof = await bankA.tapes.prove(structure.dealId, 0, 7);
        const { root } = await fund.tapes.read(structure.dealId);
        const shown = verify(proof, root ?? '');
        expect(shown['assetNumber']).toBe((await bankA.tapes.loans(structure.dealId, 0)).cell(7, 'assetNumber'));
        const forged = { ...proof, cells: proof.cells.map(cell => (typeof cell === 'number' ? cell + 1 : cell)) };
        expect(() => verify(forged, root ?? '')).toThrow('PROOF_INVALID');
    });

    it('lets nobody but the trustee pledge, and nobody but originator and trustee change the tape', async () => {
        const { dealId } = structure;
        await expect(stage.cast.bankA.pledges.pledge({ dealId, number: 0 })).rejects.toMatchObject({
            code: 'ROLE_MISSING',
        });
        await expect(stage.cast.bankB.tapes.submit({ dealId, chunks: 1 })).rejects.toMatchObject({
            code: 'PARTY_WRONG',
        });
        await expect(stage.cast.fund.tapes.seal({ dealId, evidence: [] })).rejects.toMatchObject({
            code: 'ROLE_MISSING',
        });
    });

    describe('and one of its loans offered to a second deal', () => {
        let second: Structure;
        beforeAll(async () => {
            const [first, ...others] = structure.loans.slice(0, 20);
            if (!first) throw new Error('the pool is empty');
            const loans = [first, ...others.map(loan => renumbered(loan, 'other'))];
            second = { dealId: `second-${stage.tag}`, originator: 'bank-b', loans, dates: await datesOn(stage) };
            await openDeal(stage.cast, second);
            await submitTape(stage.cast, second);
        });

        it('is refused as already pledged', async () => {
            const pledge = stage.cast.trust.pledges.pledge({ dealId: second.dealId, number: 0 });
            await expect(pledge).rejects.toMatchObject({ code: 'ASSET_ALREADY_PLEDGED' });
        });

        it('leaves nothing of the second deal pledged', async () => {
            expect(await stage.cast.trust.pledges.conflicts(second.dealId, 0)).toHaveLength(1);
            await expect(stage.cast.trust.tapes.seal({ dealId: second.dealId, evidence: [] })).rejects.toMatchObject({
                code: 'CHUNK_NOT_ACCEPTED',
            });
            expect((await stage.cast.bankB.deals.read(second.dealId)).status).toBe('submitted');
        });

        it('is named to trustee and regulator only', async () => {
            const [conflict] = await stage.cast.regulator.pledges.conflicts(second.dealId, 0);
            expect(conflict?.dealId).toBe(structure.dealId);
            await expect(stage.cast.bankB.pledges.conflicts(second.dealId, 0)).rejects.toMatchObject({
                code: 'ROLE_MISSING',
            });
        });

        it('can be pledged once the first deal is sent back and has released it', async () => {
            const loans = [renumbered(structure.loans[0] as Loan, 'sent-back')];
            const [one, two] = ['one', 'two'].map(name => ({ ...second, dealId: `${name}-${stage.tag}`, loans }));
            if (!one || !two) throw new Error('unreachable');
            for (const each of [one, two]) {
                await openDeal(stage.cast, each);
                await submitTape(stage.cast, each);
            }
            const { pledges, tapes } = stage.cast.trust;
            await pledges.pledge({ dealId: one.dealId, number: 0 });
            await expect(pledges.pledge({ dealId: two.dealId, number: 0 })).rejects.toMatchObject({
                code: 'ASSET_ALREADY_PLEDGED',
            });
            await pledges.release({ dealId: one.dealId, number: 0 });
            await tapes.reject({ dealId: one.dealId, reason: 'offered twice' });
            await pledges.pledge({ dealId: two.dealId, number: 0 });
            expect((await stage.cast.bankB.deals.read(one.dealId)).status).toBe('structuring');
        });
    });
});

const shown = ['obligorGeographicLocation', 'reportingPeriodActualEndBalanceAmount'];

/** A column of a file without quotes, read without the importer. */
function column(text: string, name: string): string[] {
    const [header = '', ...lines] = text.trim().split(/\r?\n/);
    const index = header.split(',').indexOf(name);
    return lines.map(line => line.split(',')[index] ?? '');
}

function cents(text: string): bigint {
    const [whole = '0', fraction = ''] = text.split('.');
    return BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'));
}

function asMoney(amount: bigint): string {
    return `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`;
}

function renumbered(loan: Loan, suffix: string): Loan {
    const cells = [...loan.cells];
    cells[0] = `${String(cells[0])}-${suffix}`;
    return { ...loan, cells };
}
