import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { add, formatAmount, zero } from '@poolproof/chaincode/domain';

import { cash } from '../setting/founding';
import { datesOn, setStage, tagged } from '../setting/stage';
import { issueCash, transfer, withdrawAll } from '../setting/transfer';
import { loadLoans, loadMonths, sample } from '../setting/pool';
import { openDayOf, reportMonth } from '../setting/month';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { poolproofIn } from '../setting/command-line';
import { writeDesks } from '../setting/desk-files';

import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { LoanMonth } from '@poolproof/gateway';
import type { MemberId } from '../setting/cast';
import type { Stage } from '../setting/stage';

/** A depository, two investors and a bank that have nothing but the command line. */
describe('notes from the command line', () => {
    let stage: Stage;
    let folder: string;
    let dealId: string;
    let today: Day;
    let month: readonly LoanMonth[];
    let classes: readonly { readonly className: string; readonly original: Amount }[];

    beforeAll(async () => {
        stage = await setStage();
        folder = await mkdtemp(join(tmpdir(), 'poolproof-notes-'));
        await writeDesks(stage.network, folder);
        await withdrawAll(stage.cast, ['bank-a', 'bank-b', 'fund', 'trust']);
        dealId = `by-hand-${stage.tag}`;
        const loans = tagged(stage, (await loadLoans(sample)).slice(0, 60));
        const numbers = new Set(loans.map(({ cells }) => cells[0]));
        const [first] = [...(await loadMonths(sample, '2017-07'))].sort(([a], [b]) => (a < b ? -1 : 1));
        month = tagged(stage, first?.[1] ?? []).filter(({ cells }) => numbers.has(cells[0] ?? null));
        const dates = await datesOn(stage);
        await openDeal(stage.cast, { dealId, loans, dates });
        await submitTape(stage.cast, { dealId, loans });
        await sealTape(stage.cast, dealId);
        today = await openDayOf(stage.cast, dates.closing as Day);
    }, 120_000);
    afterAll(async () => {
        await stage.close();
        await rm(folder, { recursive: true });
    });

    /** What a desk's command answers to a program. */
    async function asked<T = Record<string, unknown>>(by: MemberId, ...args: string[]): Promise<T> {
        const { code, stdout, stderr } = await poolproofIn(folder)('--as', by, '--json', ...args);
        expect([args.join(' '), code, stderr]).toEqual([args.join(' '), 0, '']);
        return JSON.parse(stdout) as T;
    }

    /** The refusal with which a desk's command ends. */
    async function refused(by: MemberId, ...args: string[]): Promise<{ code: number; refusal?: string }> {
        const { code, stderr } = await poolproofIn(folder)('--as', by, '--json', ...args);
        return { code, refusal: (JSON.parse(stderr) as { code?: string }).code ?? '' };
    }

    /** Writes a file for a command. @returns its name */
    async function file(name: string, content: unknown): Promise<string> {
        const text = JSON.stringify(content, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
        await writeFile(join(folder, name), text);
        return name;
    }

    /** Tables of what was paid: amounts in the currency of the deal, what matters at a glance. */
    async function tellsPeople(): Promise<void> {
        const told = async (by: MemberId, ...args: string[]) => {
            const { code, stdout, stderr } = await poolproofIn(folder)('--as', by, ...args);
            expect([args.join(' '), code, stderr]).toEqual([args.join(' '), 0, '']);
            return stdout;
        };
        const { run } = await stage.cast.trust.waterfalls.read(dealId, 1);
        const [name = '', first] = Object.entries(run?.distributions ?? {})[0] ?? [];
        const shown = formatAmount(first?.interest ?? zero);
        const record = await told('fund', 'waterfall', 'read', dealId, '1');
        expect(record).toMatch(new RegExp(`^ +${name} +${shown.replaceAll('.', '\\.')} `, 'm'));
        expect(record).toMatch(/^ +step +due +paid/m);
        expect(record).not.toContain('inputs');
        expect(await told('fund', '--long', 'waterfall', 'read', dealId, '1')).toContain('inputs');
        const notices = await stage.cast.trust.settlements.statement(dealId, 1);
        const statement = await told('trust', 'settle', 'statement', dealId, '1');
        for (const { holder, total } of notices)
            expect(statement).toMatch(new RegExp(` ${holder} .* ${formatAmount(total).replaceAll('.', '\\.')} `, 'm'));
        const { holdings } = await stage.cast.fund.holdings.book();
        const book = await told('fund', 'holding', 'book');
        for (const { asset, free } of holdings)
            expect(book).toMatch(new RegExp(` ${asset} +${formatAmount(free).replaceAll('.', '\\.')} `, 'm'));
        expect(await told('trust', 'tranche', 'list', dealId)).toMatch(/^A-1 +[\d,]+\.\d\d +\d\.\d{7} /m);
        expect(await told('trust', 'settle', 'pending')).toMatch(/^pairs +none$|^pairs:$/m);
        expect(await told('fund', 'holding', 'deposits')).toMatch(/^cash:USD:bank-b +trust +[\d,]+\.\d\d$/m);
        expect(await told('fund', 'holding', 'closed')).toMatch(/ transfer .* [\d,]+\.\d\d +settled /m);
    }

    it('are authorised, rated and ordered', async () => {
        const { tranches } = await stage.cast.bankA.deals.terms(dealId);
        const sizes = { minimum: '1000000', increment: '100000', categories: ['qualified-institutional'] };
        const offerings = tranches.map(({ id }) => ({ className: id, ...sizes }));
        const offer = await file('classes.json', { dealId, depository: 'trust', cash, offerings });
        await asked('bank-a', 'tranche', 'authorise', offer);
        classes = await stage.cast.fund.tranches.list(dealId);
        const [first] = classes;
        await asked('trust', 'tranche', 'rate', dealId, first?.className ?? '', 'Agency X', 'AAA', today);
        for (const { className, original } of classes) {
            const order = await file('order.json', { dealId, className, face: original, limit: '100.5%' });
            await asked('bank-b', 'tranche', 'order', order);
        }
        const [second] = classes.slice(1);
        const wanted = { dealId, className: second?.className, face: second?.original, minimum: '2000000' };
        await asked('fund', 'tranche', 'order', await file('order.json', wanted));
        await asked('fund', 'tranche', 'withdraw', dealId, second?.className ?? '');
        expect(await refused('fund', 'tranche', 'orders', dealId)).toMatchObject({ refusal: 'ROLE_MISSING' });
        await asked('fund', 'tranche', 'order', 'order.json');
        const book = await asked<{ investor: string; limit?: string }[]>('trust', 'tranche', 'orders', dealId);
        expect(book.map(({ investor, limit }) => [investor, limit])).toEqual([
            ...[['bank-b', '100.5%']],
            ...[
                ['bank-b', '100.5%'],
                ['fund', undefined],
            ],
            ...classes.slice(2).map(() => ['bank-b', '100.5%']),
        ]);
    });

    it('are allotted to all who have ordered, and issued against payment', async () => {
        const prices = classes.map(({ className }) => ({ className, price: '100%' }));
        await asked('trust', 'tranche', 'allot', await file('allotment.json', { dealId, prices }));
        // On a network that is used, other stories may have left the investors enough cash.
        const { holdings } = await stage.cast.fund.holdings.book();
        const isPoor = holdings.every(({ asset, free }) => asset !== cash || free < (classes[1]?.original ?? zero));
        if (isPoor)
            expect(await refused('trust', 'tranche', 'issue', dealId)).toMatchObject({ refusal: 'HOLDING_SHORT' });
        const amount = classes[1]?.original as Amount;
        await issueCash(stage.cast, 'bank-b', add(amount, ...classes.map(({ original }) => original)), today);
        await transfer(stage.cast, { from: 'bank-b', to: 'fund', amount, day: today });
        await asked('trust', 'tranche', 'issue', dealId);
        const listed = await asked<Record<string, unknown>[]>('fund', 'tranche', 'list', dealId);
        for (const each of listed) expect(each).toMatchObject({ status: 'outstanding', issuedOn: today });
        expect(listed[0]?.['ratings']).toEqual([{ agency: 'Agency X', rating: 'AAA', day: today }]);
        await asked('trust', 'deal', 'close', dealId);
    });

    it('change hands against cash, and against cash that was paid outside', async () => {
        const asset = `note:${dealId}:${classes[0]?.className}`;
        const trade = (name: string, payment: object) => ({
            ...{ reference: `${name}-${stage.tag}`, kind: 'transfer', asset, quantity: '1000000', payment },
            ...{ settlementDay: today, expiryDay: today },
        });
        const trades = [
            trade('against', { means: 'deposit', asset: cash, amount: '990000' }),
            trade('outside', { means: 'outside', currency: 'USD', amount: '980000' }),
        ];
        const sides = {
            sell: { side: 'deliver', counterparty: 'fund' },
            buy: { side: 'receive', counterparty: 'bank-b' },
        };
        const sell = await file(
            'sell.json',
            trades.map(each => ({ ...each, ...sides.sell })),
        );
        const buy = await file(
            'buy.json',
            trades.map(each => ({ ...each, ...sides.buy })),
        );
        await issueCash(stage.cast, 'bank-b', 990_000n as Amount, today);
        await transfer(stage.cast, { from: 'bank-b', to: 'fund', amount: 990_000n as Amount, day: today });
        await asked('bank-b', 'settle', 'instruct', sell);
        await asked('fund', 'settle', 'instruct', buy);
        const { pairs } = await asked<{ pairs: { reference: string }[] }>('trust', 'settle', 'pending');
        expect(pairs.map(({ reference }) => reference).sort()).toEqual(trades.map(({ reference }) => reference).sort());
        expect(await refused('trust', 'settle', 'batch')).toMatchObject({ refusal: 'PAYMENT_NOT_CONFIRMED' });
        await asked('bank-b', 'settle', 'confirm-payment', trades[1]?.reference ?? '', 'WIRE-7');
        await asked('trust', 'settle', 'batch');
        const { holdings } = await asked<{ holdings: { asset: string; free: string }[] }>('fund', 'holding', 'book');
        expect(holdings.find(each => each.asset === asset)?.free).toBe('2000000');
        const closed = await asked<{ reference: string; status: string }[]>('fund', 'holding', 'closed');
        for (const { reference } of trades)
            expect(closed.find(each => each.reference === reference)).toMatchObject({ status: 'settled' });
        expect(await refused('fund', 'holding', 'book', 'bank-b')).toMatchObject({ refusal: 'ROLE_MISSING' });
    });

    it('are withdrawn from sale', async () => {
        const own = { kind: 'transfer', side: 'deliver', counterparty: 'fund', settlementDay: today, expiryDay: today };
        const lone = { ...own, reference: `lone-${stage.tag}`, asset: cash, quantity: '1' };
        await asked('bank-b', 'settle', 'instruct', await file('lone.json', lone));
        await asked('bank-b', 'settle', 'cancel', lone.reference);
        expect(await refused('bank-b', 'settle', 'cancel', lone.reference)).toMatchObject({
            refusal: 'INSTRUCTION_NOT_OPEN',
        });
    });

    it('are paid, one holder outside: what comes back is kept for it, and reaches it', async () => {
        const filed = { institution: 'fund', clearedUntil: '2099-12-31', suspended: false, paidOutside: true };
        const standing = { ...filed, categories: ['qualified-institutional'] };
        await asked('trust', 'holding', 'file', await file('standing.json', standing));
        await reportMonth(stage.cast, { dealId, period: 1, months: month });
        await asked('bank-a', 'waterfall', 'run', dealId, '1');
        const { paymentDate, run } = await stage.cast.trust.waterfalls.read(dealId, 1);
        await asked('trust', 'holding', 'open-day', paymentDate);
        const amount = add(...Object.values(run?.deposits ?? {}));
        await transfer(stage.cast, { from: 'bank-a', to: 'trust', amount, day: paymentDate, account: dealId });
        await asked('trust', 'settle', 'distribute', dealId, '1');
        const status = async () => {
            const notices = await asked<{ dealId: string; status: string }[]>('fund', 'holding', 'notices');
            return notices.find(each => each.dealId === dealId)?.status;
        };
        expect(await status()).toBe('due');
        const statement = ['settle', 'statement', dealId, '1'];
        for (const reader of ['trust', 'regulator'] as const) {
            const lines = await asked<{ holder: string }[]>(reader, ...statement);
            expect(lines.map(({ holder }) => holder)).toEqual(['bank-b', 'fund']);
        }
        expect(await refused('fund', ...statement)).toMatchObject({ refusal: 'ROLE_MISSING' });
        await tellsPeople();
        const which = [dealId, '1', 'fund'] as const;
        await asked('trust', 'settle', 'send', ...which, 'WIRE-8');
        expect(await status()).toBe('sent');
        await asked('trust', 'settle', 'take-back', ...which, 'account closed');
        await asked('trust', 'settle', 'release', ...which);
        expect(await status()).toBe('released');
        expect(await refused('trust', 'settle', 'release-payable', dealId, '1', 'servicer')).toMatchObject({
            refusal: 'NOT_FOUND',
        });
        expect(await refused('trust', 'settle', 'pay-out', dealId)).toMatchObject({ refusal: 'DEAL_STATUS_WRONG' });
        const [paid] = await asked<Record<string, unknown>[]>('fund', 'settle', 'distributions', dealId);
        expect(paid).toMatchObject({ period: 1, status: 'paid', paidOn: paymentDate });
        expect(await refused('trust', 'settle', 'distribute', dealId, '1')).toMatchObject({
            refusal: 'DISTRIBUTION_ALREADY_PAID',
        });
    });
});
