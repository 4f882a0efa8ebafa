import {
    addDays,
    observe,
    openingState,
    parseAmount,
    parseDay,
    parseTerms,
    runPeriod,
} from '@poolproof/chaincode/domain';

import { aDeal, inOrder, quietMonth } from './deal-builder';
import { termsNamed } from './ready-terms';

import type { DealState, Terms, WaterfallRun } from '@poolproof/chaincode/domain';

type Month = Parameters<typeof quietMonth>[0];

/** Runs the months given, one after the other, from closing. */
function runMonths(document: Record<string, unknown>, ...months: readonly Month[]): WaterfallRun[] {
    const terms = parseTerms(document);
    const runs: WaterfallRun[] = [];
    let state: DealState = openingState(terms);
    months.forEach((month, i) => {
        const run = runPeriod(terms, state, quietMonth({ month: i + 1, ...month }));
        runs.push(run);
        state = run.state;
    });
    return runs;
}

const cents = (text: string): bigint => parseAmount(text, 'USD');
const collecting = (text: string): Month => ({ interestCollections: cents(text) });
const nothing: Month = {};

describe('fees', () => {
    const fees = (fee: object) => ({
        fees: [{ id: 'trusteeFee', to: 'trustee', amount: '100.00 USD', ...fee }],
        waterfalls: { paying: inOrder({ id: 'payFee', do: 'pay-fee', fee: 'trusteeFee' }) },
    });

    it('carries what was not paid, and pays it before the next', () => {
        const [, second, third] = runMonths(aDeal(fees({})), collecting('30.00'), nothing, collecting('500.00'));
        expect(second?.state.fees['trusteeFee']?.unpaid).toBe(cents('170.00'));
        expect(third?.payments['trustee']).toBe(cents('270.00'));
    });

    it('forgets what was not paid when the terms say so', () => {
        const [, second] = runMonths(aDeal(fees({ unpaid: 'lost' })), collecting('30.00'), collecting('500.00'));
        expect(second?.payments['trustee']).toBe(cents('100.00'));
    });

    it('caps a fee by whatever the terms name, deposits and later fees included', () => {
        const first = {
            id: 'first',
            to: 'trustee',
            amount: '50.00 USD',
            cap: { amount: 'min(collections, second.due)', per: 'life' },
        };
        const capped = aDeal({
            fees: [first, { id: 'second', to: 'servicer', amount: '20.00 USD' }],
            waterfalls: { paying: inOrder({ id: 'payFirst', do: 'pay-fee', fee: 'first' }) },
        });
        const [run] = runMonths(capped, collecting('500.00'));
        expect(run?.payments['trustee']).toBe(cents('20.00'));
    });

    it('earns nothing, rather than less, when its formula is negative', () => {
        const [run] = runMonths(aDeal(fees({ amount: 'poolBalanceEnding - 1.00 USD' })), collecting('500.00'));
        expect(run?.state.fees['trusteeFee']?.unpaid).toBe(0n);
        expect(run?.payments['trustee']).toBeUndefined();
    });

    it('lets a carried amount grow at its yearly rate over the actual days', () => {
        const [, second] = runMonths(aDeal(fees({ interestOnUnpaid: '10%' })), nothing, collecting('500.00'));
        // 28 days from 15 February to 15 March on 100.00.
        expect(second?.payments['trustee']).toBe(cents('200.00') + 77n);
    });

    /** What a fee of 100.00 a month with a yearly cap of 150.00 is paid at its rank, from February 2026 on. */
    function paidAtItsRank(per: 'year' | 'deal-year', months: number): bigint[] {
        const capped = aDeal({
            dates: {
                cutoff: '2025-12-31',
                closing: '2026-01-20',
                firstPayment: '2026-02-15',
                legalFinal: '2031-01-15',
            },
            fees: [{ id: 'trusteeFee', to: 'trustee', amount: '100.00 USD', cap: { amount: '150.00 USD', per } }],
            waterfalls: {
                paying: [
                    { id: 'payFee', do: 'pay-fee', fee: 'trusteeFee' },
                    { id: 'interest', do: 'pay-interest', tranches: ['A', 'B'] },
                    { id: 'payRest', do: 'pay-fee', fee: 'trusteeFee', beyondCap: true },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const runs = runMonths(capped, ...Array.from({ length: months }, () => collecting('160.00')));
        return runs.map(({ steps }) => steps[0]).map(step => (step && 'paid' in step ? step.paid : -1n));
    }
    const firstYear = (months: number) => [cents('100.00'), cents('50.00'), ...Array<bigint>(months - 2).fill(0n)];

    it('pays up to the yearly cap at its rank and the rest after the notes, and starts afresh in a new year', () => {
        // February to December 2026, then January 2027.
        expect(paidAtItsRank('year', 12)).toEqual([...firstYear(11), cents('150.00')]);
    });

    it('starts a cap afresh on the anniversary of the closing where the terms say so', () => {
        // Closed on 20 January: the payment date of February 2027 is the first after the anniversary.
        expect(paidAtItsRank('deal-year', 13)).toEqual([...firstYear(12), cents('150.00')]);
    });
});

describe('coupons', () => {
    const only = (coupon: object, more: object = {}) =>
        aDeal({
            indices: ['SOFR'],
            tranches: [{ id: 'A', balance: '120000.00', rank: 1, coupon, ...more }],
            waterfalls: {
                paying: [
                    { id: 'interest', do: 'pay-interest', tranches: ['A'] },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
    const due = (coupon: object, month: Month): bigint | undefined =>
        runMonths(only(coupon), { ...collecting('9999.00'), ...month })[0]?.distributions['A']?.interest;
    const fixing = (SOFR: string): Month => ({ fixings: { SOFR } });

    it.each([
        ['index and margin', { index: 'SOFR', margin: '1%' }, '3%', '400.00'],
        ['a floor', { index: 'SOFR', margin: '0.5%', floor: '0%' }, '-2%', '0.00'],
        ['nothing at a negative rate', { index: 'SOFR' }, '-2%', '0.00'],
        ['a cap', { index: 'SOFR', cap: '4%' }, '9%', '400.00'],
        ['a formula', { formula: 'min(SOFR, 6%)' }, '9%', '600.00'],
    ])('accrues %s', (_, coupon, SOFR, expected) => {
        expect(due({ dayCount: '30E/360', ...coupon }, fixing(SOFR))).toBe(cents(expected));
    });

    it('steps up from the accrual date stated', () => {
        const coupon = { dayCount: '30E/360', fixed: '6%', steps: [{ from: '2026-02-15', rate: '8%' }] };
        const [first, second] = runMonths(
            only(coupon),
            { ...collecting('5000.00'), ...fixing('0%') },
            { ...collecting('5000.00'), ...fixing('0%') },
        );
        expect(first?.distributions['A']?.interest).toBe(cents('600.00'));
        expect(second?.distributions['A']).toMatchObject({ interest: cents('800.00'), rate: '2/25' });
    });

    it('carries interest that was not paid, with interest on it at the coupon', () => {
        const months = [fixing('0%'), { ...fixing('0%'), ...collecting('5000.00') }];
        const [first, second] = runMonths(only({ dayCount: '30E/360', fixed: '6%' }), ...months);
        expect(first?.distributions['A']?.interestShortfall).toBe(cents('600.00'));
        expect(second?.distributions['A']?.interest).toBe(cents('1203.00'));
    });

    it('accrues nothing on overdue interest when the terms say so', () => {
        const terms = only({ dayCount: '30E/360', fixed: '6%' }, { interestOnShortfall: 'none' });
        const [, second] = runMonths(terms, fixing('0%'), { ...fixing('0%'), ...collecting('5000.00') });
        expect(second?.distributions['A']?.interest).toBe(cents('1200.00'));
    });

    it('refuses a coupon of two kinds', () => {
        expect(() => due({ dayCount: '30E/360', fixed: '6%', index: 'SOFR' }, fixing('0%'))).toThrow(
            'TERMS_INVALID: tranches[0].coupon: exactly one of fixed, index and formula',
        );
    });
});

describe('tranches', () => {
    const coupon = { dayCount: '30E/360', fixed: '6%' };
    const plan = {
        id: 'plan',
        unit: 'money',
        rows: [
            { from: '2026-02-15', value: '700.00' },
            { from: '2026-03-15', value: '400.00' },
        ],
    };
    const planned = aDeal({
        schedules: [plan],
        tranches: [
            { id: 'P', balance: '1000.00', rank: 1, plan: 'plan' },
            { id: 'S', balance: '500.00', rank: 1 },
        ],
        waterfalls: {
            paying: [
                { id: 'principal', do: 'pay-principal', tranches: ['P', 'S'], split: 'target' },
                { id: 'rest', do: 'pay', to: 'holder' },
            ],
        },
    });

    it('pays a planned class down to its plan, then its companion, then the planned class again', () => {
        const runs = runMonths(planned, collecting('450.00'), collecting('100.00'), collecting('700.00'));
        expect(runs.map(({ state }) => [state.tranches['P']?.balance, state.tranches['S']?.balance])).toEqual([
            [cents('700.00'), cents('350.00')],
            [cents('600.00'), cents('350.00')],
            [cents('250.00'), 0n],
        ]);
    });

    it('pays an interest-only class on the balance of another', () => {
        const strip = aDeal({
            tranches: [
                { id: 'A', balance: '120000.00', rank: 1 },
                { id: 'IO', balance: '0.00', rank: 2, notional: 'A.opening', coupon },
            ],
            waterfalls: {
                paying: [
                    { id: 'interest', do: 'pay-interest', tranches: ['IO'] },
                    { id: 'principal', do: 'pay-principal', tranches: ['A'], split: 'sequential' },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [first, second] = runMonths(strip, collecting('60600.00'), collecting('1000.00'));
        expect(first?.distributions['IO']).toMatchObject({ interest: cents('600.00'), factor: '0.0000000' });
        expect(second?.distributions['IO']?.interest).toBe(cents('300.00'));
    });

    it('adds the interest of an accretion class to its balance until it is paid', () => {
        const accretion = aDeal({
            tranches: [
                { id: 'A', balance: '1000.00', rank: 1 },
                { id: 'Z', balance: '120000.00', rank: 2, coupon, accretes: true },
            ],
            waterfalls: {
                paying: [
                    {
                        id: 'principal',
                        do: 'pay-principal',
                        tranches: ['A'],
                        split: 'sequential',
                        amount: 'Z.interest',
                    },
                    {
                        id: 'late',
                        do: 'if',
                        when: 'A.balance = 0',
                        then: [{ id: 'z', do: 'pay-interest', tranches: ['Z'] }],
                    },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [first, second] = runMonths(accretion, collecting('600.00'), collecting('5000.00'));
        expect(first?.state.tranches).toMatchObject({
            A: { balance: cents('400.00') },
            Z: { balance: cents('120600.00'), interestShortfall: 0n },
        });
        expect(second?.distributions['Z']).toMatchObject({
            interest: cents('603.00'),
            balanceEnding: cents('120600.00'),
        });
    });

    it('pays equal ranks pro rata and lower ranks after them', () => {
        const ranked = aDeal({
            tranches: [
                { id: 'A-1', balance: '600.00', rank: 1 },
                { id: 'A-2', balance: '300.00', rank: 1 },
                { id: 'B', balance: '500.00', rank: 2 },
            ],
            groups: { notes: ['B', 'A-2', 'A-1'] },
            waterfalls: {
                paying: [
                    { id: 'principal', do: 'pay-principal', tranches: ['notes'], split: 'rank' },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [first, second] = runMonths(ranked, collecting('300.00'), collecting('700.00'));
        expect(first?.steps[0]).toMatchObject({ parts: { 'A-1': cents('200.00'), 'A-2': cents('100.00') } });
        expect(second?.steps[0]).toMatchObject({ parts: { B: cents('100.00') } });
    });

    it('writes balances down by a loss, junior first, and reinstates them from later cash', () => {
        const ledgered = aDeal({
            waterfalls: {
                paying: [
                    { id: 'down', do: 'write-down', tranches: ['B', 'A'], amount: 'chargedOffPrincipal' },
                    { id: 'up', do: 'reinstate', tranches: ['A', 'B'], amount: 'recoveries' },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [first, second] = runMonths(
            ledgered,
            { chargedOffPrincipal: cents('25000.00') },
            { recoveries: cents('7000.00') },
        );
        expect(first?.distributions).toMatchObject({
            A: { balanceEnding: cents('75000.00'), writtenDown: cents('5000.00') },
            B: { balanceEnding: 0n, writtenDown: cents('20000.00') },
        });
        expect(second?.distributions).toMatchObject({
            A: { balanceEnding: cents('80000.00'), writtenDown: -cents('5000.00') },
            B: { balanceEnding: cents('2000.00'), writtenDown: -cents('2000.00') },
        });
    });

    it('gives what is left to a residual class that has no coupon', () => {
        const residual = aDeal({
            tranches: [{ id: 'R', balance: '0.00', rank: 1 }],
            waterfalls: { paying: [{ id: 'rest', do: 'pay', to: 'R' }] },
        });
        expect(runMonths(residual, collecting('12.34'))[0]?.distributions['R']?.residual).toBe(cents('12.34'));
    });
});

describe('accounts, ledgers and hedges', () => {
    it('draws support in the order named, and books a shortfall to a ledger', () => {
        const supported = aDeal({
            accounts: [
                { id: 'collection' },
                { id: 'reserve', opening: '50.00', target: '50.00 USD' },
                { id: 'liquidity', opening: '70.00', target: '70.00 USD' },
            ],
            ledgers: [{ id: 'unpaid' }],
            waterfalls: {
                paying: [
                    {
                        id: 'interest',
                        do: 'pay-interest',
                        tranches: ['A'],
                        support: ['liquidity', 'reserve'],
                        shortfall: { ledger: 'unpaid' },
                    },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [run] = runMonths(supported, collecting('100.00'));
        expect(run?.steps[0]).toEqual({
            id: 'interest',
            due: cents('400.00'),
            paid: cents('220.00'),
            before: cents('100.00'),
            after: 0n,
            support: { liquidity: cents('70.00'), reserve: cents('50.00') },
        });
        expect(run?.state.ledgers['unpaid']).toBe(cents('180.00'));
    });

    it('fills an account to a target that steps down, and releases what exceeds it', () => {
        const stepping = aDeal({
            accounts: [
                { id: 'collection' },
                { id: 'reserve', target: 'max(40.00 USD, round(poolBalanceEnding * 10%, half-up))' },
            ],
            waterfalls: {
                paying: [
                    { id: 'fill', do: 'fund', account: 'reserve' },
                    { id: 'release', do: 'draw', account: 'reserve', amount: 'reserve.balance - reserve.target' },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [first, second, third] = runMonths(
            stepping,
            { ...collecting('60.00'), poolBalanceEnding: cents('1000.00') },
            { ...collecting('60.00'), poolBalanceEnding: cents('900.00') },
            { poolBalanceEnding: cents('1.00') },
        );
        expect(first?.state.accounts['reserve']).toBe(cents('60.00'));
        expect(second?.payments['holder']).toBe(cents('30.00'));
        expect(third?.payments['holder']).toBe(cents('50.00'));
    });

    it('never lets a ledger fall below zero', () => {
        const ledgered = aDeal({
            ledgers: [{ id: 'losses', opening: '10.00' }],
            waterfalls: {
                paying: [
                    { id: 'credit', do: 'book', ledger: 'losses', amount: '-recoveries' },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [run] = runMonths(ledgered, { recoveries: cents('25.00') });
        expect(run?.steps[0]).toMatchObject({ due: -cents('25.00'), paid: -cents('10.00'), after: 0n });
    });

    const hedged = (hedge: object) =>
        aDeal({
            indices: ['SOFR'],
            parties: { bank: 'bank-b', holder: 'bank-a' },
            hedges: [
                { id: 'h', counterparty: 'bank', notional: 'A.opening', index: 'SOFR', dayCount: '30E/360', ...hedge },
            ],
            deposits: [
                { id: 'collections', amount: 'interestCollections' },
                { id: 'fromBank', amount: 'h.receivable' },
            ],
            waterfalls: {
                paying: [
                    { id: 'settle', do: 'settle-hedge', hedge: 'h' },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });

    it('settles a swap net, either way, and carries what it could not pay', () => {
        const swap = hedged({ kind: 'swap', fixed: '3%', indexDayCount: 'ACT/360' });
        const [paid, received, short, made] = runMonths(
            swap,
            { ...collecting('500.00'), fixings: { SOFR: '0%' } },
            { fixings: { SOFR: '5%' } },
            { fixings: { SOFR: '0%' } },
            { ...collecting('1000.00'), fixings: { SOFR: '0%' } },
        );
        expect(paid?.payments).toEqual({ bank: cents('200.00'), holder: cents('300.00') });
        // 80,000 x 5% x 28/360 less 200.00.
        expect(received?.deposits['fromBank']).toBe(cents('111.11'));
        expect(short?.state.hedges['h']).toBe(cents('200.00'));
        expect(made?.payments['bank']).toBe(cents('400.00'));
    });

    it('receives from a cap only above its strike', () => {
        const cap = hedged({ kind: 'cap', fixed: '4%' });
        const [below, above] = runMonths(cap, { fixings: { SOFR: '3%' } }, { fixings: { SOFR: '7%' } });
        expect([below?.deposits['fromBank'], above?.deposits['fromBank']]).toEqual([0n, cents('200.00')]);
        expect([below?.payments['bank'], above?.payments['bank']]).toEqual([undefined, undefined]);
    });

    it('refuses a deposit that would leave an account below zero', () => {
        expect(() => runMonths(aDeal(), { principalCollections: -1n })).toThrow('FACTS_INVALID: collections');
    });
});

describe('triggers', () => {
    const triggered = (trigger: object, more: object = {}) =>
        aDeal({
            statuses: [{ id: 'paying' }, { id: 'stopped' }, { id: 'over', final: true }],
            triggers: [{ id: 'losses', when: 'chargedOffPrincipal > 10.00 USD', notify: ['trustee'], ...trigger }],
            waterfalls: { paying: inOrder(), stopped: [{ id: 'rest', do: 'pay', to: 'holder' }] },
            ...more,
        });
    const bad: Month = { chargedOffPrincipal: cents('11.00') };
    const tripped = (runs: readonly WaterfallRun[]) => runs.map(({ state }) => state.triggers['losses']?.tripped);

    it('changes the status before the waterfall runs, and tells who must know', () => {
        const [first] = runMonths(triggered({ status: 'stopped' }), { ...bad, ...collecting('5.00') });
        expect(first).toMatchObject({
            status: 'stopped',
            payments: { holder: cents('5.00') },
            notices: [{ trigger: 'losses', happened: 'tripped', notify: ['trustee'] }],
        });
    });

    it('stays tripped when it cannot be cured, and is cured after as many clear months as the terms say', () => {
        const months = [bad, nothing, nothing, nothing];
        expect(tripped(runMonths(triggered({}), ...months))).toEqual([true, true, true, true]);
        expect(tripped(runMonths(triggered({ cure: { periods: 2 } }), ...months))).toEqual([true, true, false, false]);
    });

    it('takes the status of a cure', () => {
        const curable = triggered({ status: 'stopped', cure: { periods: 1, status: 'paying' } });
        expect(runMonths(curable, bad, nothing).map(({ status }) => status)).toEqual(['stopped', 'paying']);
    });

    it('counts months in a row only', () => {
        const lasting = triggered({ lasting: { periods: 3 } });
        expect(tripped(runMonths(lasting, bad, bad, nothing, bad, bad, bad))).toEqual([
            false,
            false,
            false,
            false,
            false,
            true,
        ]);
    });

    it('is tested where a step says', () => {
        const stepped = triggered(
            { when: 'collection.balance < 5.00 USD', tested: 'step', status: 'stopped' },
            {
                waterfalls: {
                    paying: [
                        { id: 'interestA', do: 'pay-interest', tranches: ['A'] },
                        { id: 'enough', do: 'test', trigger: 'losses' },
                        { id: 'rest', do: 'pay', to: 'holder' },
                    ],
                    stopped: [{ id: 'rest', do: 'pay', to: 'holder' }],
                },
            },
        );
        const [first, second] = runMonths(stepped, collecting('406.00'), collecting('401.00'));
        expect([first?.state.status, second?.state.status]).toEqual(['paying', 'stopped']);
        expect(second?.steps[1]).toEqual({ id: 'enough', outcome: true });
    });

    it('changes the status by a step and by a shortfall, and runs nothing in a final status', () => {
        const failing = aDeal({
            statuses: [{ id: 'paying' }, { id: 'defaulted' }, { id: 'over', final: true }],
            waterfalls: {
                paying: [
                    { id: 'interestA', do: 'pay-interest', tranches: ['A'], shortfall: { status: 'defaulted' } },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
                defaulted: [
                    { id: 'rest', do: 'pay', to: 'holder' },
                    { id: 'end', do: 'change-status', status: 'over' },
                ],
            },
        });
        const [first, second] = runMonths(failing, nothing, nothing);
        expect([first?.state.status, second?.state.status]).toEqual(['defaulted', 'over']);
        expect(() => runMonths(failing, nothing, nothing, nothing)).toThrow('DEAL_FINAL');
    });

    describe('that must last a number of days', () => {
        const terms: Terms = parseTerms(
            triggered({ when: 'poolBalanceEnding < 50000.00 USD', lasting: { days: 30 }, status: 'stopped' }),
        );
        const look = (state: DealState, day: string, pool: string) =>
            observe(terms, state, {
                ...quietMonth({ poolBalanceEnding: cents(pool) }),
                paymentDate: parseDay(day),
            });

        it('trip on the last of those days, between payment dates', () => {
            let { state } = look(openingState(terms), '2026-01-20', '49000.00');
            state = look(state, '2026-02-17', '48000.00').state;
            expect(state.status).toBe('paying');
            const last = look(state, '2026-02-18', '48000.00');
            expect(last.state.status).toBe('stopped');
            expect(last.notices).toEqual([{ trigger: 'losses', happened: 'tripped', notify: ['trustee'] }]);
            expect(look(last.state, '2026-02-19', '48000.00').notices).toEqual([]);
        });

        it('start anew when the condition is interrupted for a day', () => {
            let { state } = look(openingState(terms), '2026-01-20', '49000.00');
            state = look(state, '2026-02-10', '50000.00').state;
            state = look(state, '2026-02-11', '49000.00').state;
            expect(look(state, '2026-02-18', '49000.00').state.status).toBe('paying');
            expect(look(state, '2026-03-12', '49000.00').state.status).toBe('stopped');
        });
    });
});

describe('the Chinese special plan', () => {
    it('is accelerated on the thirtieth day its pool is under the threshold, and three parties are told', () => {
        const plan = termsNamed('china-special-plan');
        const look = (state: DealState, day: string) =>
            observe(plan, state, {
                ...quietMonth({ initialPoolBalance: plan.pool.balance, poolBalanceEnding: cents('1199999999.99') }),
                paymentDate: parseDay(day),
            });
        const january = Array.from({ length: 29 }, (_, i) => addDays(parseDay('2026-01-20'), i));
        const before = january.reduce((state, day) => look(state, day).state, openingState(plan));
        expect(before.status).toBe('revolving');
        expect(look(before, '2026-02-18')).toMatchObject({
            state: { status: 'accelerated' },
            notices: [{ trigger: 'poolTooSmall', notify: ['plan-manager', 'custodian', 'servicer'] }],
        });
    });
});

describe('structures', () => {
    const pool = (text: string): Month => ({ poolBalanceEnding: cents(text) });

    it('measures the notes against a pool less its yield supplement', () => {
        const supplemented = aDeal({
            schedules: [
                {
                    id: 'supplement',
                    unit: 'money',
                    rows: [
                        { from: '2026-02-15', value: '5000.00' },
                        { from: '2026-03-15', value: '3000.00' },
                    ],
                },
            ],
            groups: { notes: ['A', 'B'] },
            values: [{ id: 'adjusted', formula: 'poolBalanceEnding - schedule(supplement)' }],
            waterfalls: {
                paying: [
                    {
                        id: 'principal',
                        do: 'pay-principal',
                        tranches: ['A', 'B'],
                        split: 'sequential',
                        amount: 'max(0, notes.balance - adjusted)',
                    },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [first, second] = runMonths(
            supplemented,
            { ...collecting('50000.00'), ...pool('99000.00') },
            { ...collecting('50000.00'), ...pool('96000.00') },
        );
        expect(first?.distributions['A']?.principal).toBe(cents('6000.00'));
        expect(second?.distributions['A']?.principal).toBe(cents('1000.00'));
    });

    it('diverts interest of the junior class to the senior one while a coverage test fails', () => {
        const tested = aDeal({
            values: [
                { id: 'coverage', formula: 'poolBalanceEnding / A.opening' },
                { id: 'interestCoverage', formula: 'interestCollections / A.interestDue' },
            ],
            triggers: [
                { id: 'OC', when: 'coverage < 120%', cure: { periods: 1 } },
                { id: 'IC', when: 'interestCoverage < 150%', cure: { periods: 1 } },
            ],
            waterfalls: {
                paying: [
                    { id: 'interestA', do: 'pay-interest', tranches: ['A'] },
                    {
                        id: 'failing',
                        do: 'if',
                        when: 'OC.tripped or IC.tripped',
                        then: [
                            {
                                id: 'divert',
                                do: 'pay-principal',
                                tranches: ['A'],
                                split: 'sequential',
                                amount: 'if OC.tripped then A.balance - round(poolBalanceEnding / 120%, down) else A.balance',
                            },
                        ],
                    },
                    { id: 'interestB', do: 'pay-interest', tranches: ['B'] },
                    { id: 'rest', do: 'pay', to: 'holder' },
                ],
            },
        });
        const [passing, oc, cured, ic] = runMonths(
            tested,
            { ...collecting('600.00'), ...pool('100000.00') },
            { ...collecting('600.00'), ...pool('95900.00') },
            { ...collecting('600.00'), ...pool('99000.00') },
            { ...collecting('500.00'), ...pool('99000.00') },
        );
        expect(passing?.distributions['B']?.interest).toBe(cents('150.00'));
        // 80,000.00 - 95,900.00 / 1.2 = 83.34 of the 200.00 that interest of A left.
        expect(oc?.distributions).toMatchObject({ A: { principal: 8334n }, B: { interest: cents('116.66') } });
        expect(cured?.distributions['A']?.principal).toBe(0n);
        expect(ic?.distributions['B']?.interest).toBe(0n);
    });

    it('follows a ladder of cumulative losses', () => {
        const ladder = aDeal({
            schedules: [
                {
                    id: 'ladder',
                    unit: 'rate',
                    rows: [
                        { from: '2026-02-15', value: '1%' },
                        { from: '2026-04-15', value: '2%' },
                    ],
                },
            ],
            triggers: [
                {
                    id: 'losses',
                    when: 'cumulativeChargedOff / initialPoolBalance > schedule(ladder)',
                    cure: { periods: 1 },
                    notify: ['trustee'],
                },
            ],
        });
        const lost = (text: string): Month => ({
            cumulativeChargedOff: cents(text),
            initialPoolBalance: cents('100000.00'),
        });
        const runs = runMonths(ladder, lost('1000.00'), lost('1500.00'), lost('1900.00'), lost('2100.00'));
        expect(runs.map(({ state }) => state.triggers['losses']?.tripped)).toEqual([false, true, false, true]);
    });

    it('redeems every class and ends when the clean-up call is exercised at a tenth of the pool', () => {
        const callable = aDeal({
            facts: { callPrice: { unit: 'money', meaning: 'paid by the servicer for what is left of the pool' } },
            groups: { notes: ['A', 'B'] },
            statuses: [{ id: 'paying' }, { id: 'redeemed', final: true }],
            triggers: [
                { id: 'callable', when: 'poolBalanceEnding <= initialPoolBalance * 10%', notify: ['servicer'] },
                { id: 'redeemed-all', tested: 'after', when: 'notes.balance = 0', status: 'redeemed' },
            ],
            deposits: [
                { id: 'collections', amount: 'interestCollections' },
                { id: 'call', amount: 'if callable.tripped then callPrice else 0.00 USD' },
            ],
        });
        const month = (poolBalance: string, callPrice: string): Month => ({
            ...pool(poolBalance),
            initialPoolBalance: cents('100000.00'),
            extra: { callPrice: cents(callPrice) },
        });
        const [early, offered, called] = runMonths(
            callable,
            { ...month('12000.00', '500000.00') },
            { ...month('9999.00', '0.00') },
            { ...month('9000.00', '103000.00') },
        );
        expect(early?.deposits['call']).toBe(0n);
        expect(offered?.notices).toEqual([{ trigger: 'callable', happened: 'tripped', notify: ['servicer'] }]);
        expect(called?.state).toMatchObject({
            status: 'redeemed',
            tranches: { A: { balance: 0n }, B: { balance: 0n } },
        });
    });
});

describe('facts', () => {
    it.each([
        ['a fact the terms declare and the report leaves out', {}, 'FACTS_INVALID: units: not stated'],
        ['a fact of another kind', { extra: { units: 'many' } }, 'FACTS_INVALID: units: not a whole number'],
    ])('refuses %s', (_, month, refusal) => {
        const terms = aDeal({ facts: { units: { unit: 'count', meaning: 'vehicles' } } });
        expect(() => runMonths(terms, month)).toThrow(refusal);
    });

    it('refuses a payment date that has passed', () => {
        const terms = parseTerms(aDeal());
        const { state } = runPeriod(terms, openingState(terms), quietMonth());
        expect(() => runPeriod(terms, state, quietMonth())).toThrow('FACTS_INVALID: paymentDate: not after 2026-02-15');
    });
});
