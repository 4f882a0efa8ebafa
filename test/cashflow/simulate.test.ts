import {
    breakEven,
    openingState,
    parseRate,
    positionAtClosing,
    rate,
    readSimulation,
    Refusal,
    runPeriod,
    simulate,
    valueAtPrice,
    withDefaultsTimes,
} from '@poolproof/chaincode/domain';

import { termsNamed } from '../waterfall/ready-terms';
import { carLoans, usual } from './deal';
import { line } from './pool-builders';

import type { Amount, PoolLine, Simulation } from '@poolproof/chaincode/domain';

const terms = termsNamed('auto-loan');
const lines = carLoans(terms.pool.balance);
const scenario = { assumptions: usual() };
const sum = (values: readonly bigint[]) => values.reduce((a, b) => a + b, 0n);
const asNumber = (value: { n: bigint; d: bigint } | undefined) => (value ? Number(value.n) / Number(value.d) : NaN);

/** Cash that entered the deal, and cash that left it or is still held. */
function cashOf({ periods }: Simulation) {
    const entered = sum(
        periods.map(({ facts }) => facts.interestCollections + facts.principalCollections + facts.recoveries),
    );
    const left = sum(
        periods.flatMap(({ run }) => [
            ...Object.values(run.payments),
            ...Object.values(run.distributions).flatMap(each => [each.interest, each.principal, each.residual]),
        ]),
    );
    const held = sum(Object.values(periods.at(-1)?.run.state.accounts ?? {}));
    return { entered: entered + sum(Object.values(openingState(terms).accounts)), left: left + held };
}

describe('A simulation', () => {
    const simulation = simulate(terms, lines, scenario);

    it("is the contract's own waterfall run period by period on the projected facts", () => {
        let state = openingState(terms);
        for (const { facts, run } of simulation.periods) {
            expect(runPeriod(terms, state, facts)).toEqual(run);
            state = run.state;
        }
    });

    it('carries the pool on from month to month', () => {
        simulation.periods.forEach(({ facts, period }, i) => {
            const before = simulation.periods[i - 1]?.facts;
            expect(facts.poolBalanceBeginning).toBe(before?.poolBalanceEnding ?? terms.pool.balance);
            expect(facts.poolBalanceBeginning - facts.principalCollections - facts.chargedOffPrincipal).toBe(
                facts.poolBalanceEnding,
            );
            expect(facts.cumulativeChargedOff - (before?.cumulativeChargedOff ?? 0n)).toBe(facts.chargedOffPrincipal);
            expect(period.months).toBe(1);
        });
        expect(simulation.periods[0]?.facts).toMatchObject({
            periodBegin: '2026-01-01',
            periodEnd: '2026-01-31',
            paymentDate: '2026-02-16',
        });
    });

    it('leaves no cent unaccounted for', () => {
        const { entered, left } = cashOf(simulation);
        expect(left).toBe(entered);
    });

    it('repays the tranches in order, each in full', () => {
        const order = ['A-1', 'A-2', 'B', 'C'].map(id => simulation.tranches[id]);
        order.forEach((tranche, i) => {
            expect(tranche).toMatchObject({ unpaidInterest: 0n, lostPrincipal: 0n });
            expect(asNumber(tranche?.averageLife)).toBeGreaterThan(asNumber(order[i - 1]?.averageLife ?? rate(0n)));
            expect((tranche?.firstPrincipal ?? '') >= (order[i - 1]?.lastPrincipal ?? '')).toBe(true);
        });
        expect(sum(simulation.tranches['A-2']?.flows.map(flow => flow.principal) ?? [])).toBe(34_000_000_000n);
    });

    it('values a tranche bought at closing: at par it yields about its coupon', () => {
        const value = valueAtPrice(positionAtClosing(terms, simulation, 'B'), parseRate('100'));
        expect(asNumber(value.yield)).toBeGreaterThan(0.0498);
        expect(asNumber(value.yield)).toBeLessThan(0.0505);
        expect(asNumber(value.modifiedDuration)).toBeGreaterThan(2);
    });

    it('takes principal from the lowest tranche first when defaults are heavy', () => {
        const stressed = simulate(terms, lines, { assumptions: withDefaultsTimes(usual(), rate(20n)) });
        expect(stressed.tranches['C']?.lostPrincipal).toBeGreaterThan(0n);
        expect(stressed.tranches['A-1']).toMatchObject({ unpaidInterest: 0n, lostPrincipal: 0n });
        const { entered, left } = cashOf(stressed);
        expect(left).toBe(entered);
        expect(stressed.periods.at(-1)?.period.payment.due).toBe(terms.dates.legalFinal);
    });

    it('tells how far it is', () => {
        const told: string[] = [];
        const { periods } = simulate(terms, lines, scenario, (what, done) => told.push(`${done} ${what}`));
        expect(told).toEqual(['50 lines', ...periods.map((_, i) => `${i + 1} periods`)]);
    });

    it('takes a pool loan by loan, however many', () => {
        const count = 200_000n;
        const loan = line({ balance: (terms.pool.balance / count) as Amount, months: 9, rate: parseRate('9%') });
        const { periods } = simulate(terms, Array<PoolLine>(Number(count)).fill(loan), scenario);
        expect(periods[0]?.facts).toMatchObject({
            initialPoolBalance: terms.pool.balance,
            poolBalanceBeginning: terms.pool.balance,
        });
        expect(periods[8]?.facts.poolBalanceEnding).toBe(0n);
    });
});

describe('The break-even default rate', () => {
    const few = carLoans(terms.pool.balance).slice(0, 1);
    const one = [{ ...few[0]!, loan: { ...few[0]!.loan, balance: terms.pool.balance, rate: parseRate('8%') } }];
    const coverage = (id: string) => breakEven(terms, one, scenario, id);

    it('is higher the more senior the tranche, and just bearable', () => {
        const [senior, junior] = [coverage('A-2'), coverage('C')];
        expect(asNumber(senior?.defaultRate)).toBeGreaterThan(asNumber(junior?.defaultRate));
        expect(asNumber(senior?.coverage)).toBeGreaterThan(asNumber(junior?.coverage));
        expect(asNumber(junior?.netLoss)).toBeGreaterThan(0.05);
        const lossAt = (extra: bigint) => {
            const rates = [rate((junior!.defaultRate.n * 10_000n) / junior!.defaultRate.d + extra, 10_000n)];
            const stressed = { assumptions: usual({ default: { model: 'CDR', rates } }) };
            return simulate(terms, one, stressed).tranches['C']?.lostPrincipal ?? 0n;
        };
        expect(lossAt(0n)).toBe(0n);
        expect(lossAt(1n)).toBeGreaterThan(0n);
    });

    it('does not exist for a tranche that fails without any default', () => {
        const half = [
            { ...one[0]!, loan: { ...one[0]!.loan, balance: (terms.pool.balance / 2n) as typeof terms.pool.balance } },
        ];
        expect(breakEven(terms, half, scenario, 'C')).toBeUndefined();
    });
});

describe('A revolving deal', () => {
    const revolving = termsNamed('consumer-loan-revolving');

    it('keeps its pool full with what it collects, until it amortises', () => {
        const one = line({ balance: revolving.pool.balance, rate: parseRate('12%'), months: 24 }, 0, 10_000);
        const { periods, tranches } = simulate(revolving, [one], {
            assumptions: usual(),
            fixings: { 'EURIBOR-1M': [parseRate('2.5%')] },
        });
        const full = periods.filter(({ run }) => run.status === revolving.statuses[0]?.id);
        expect(full.length).toBeGreaterThan(6);
        for (const { facts } of full.slice(0, -1)) {
            expect(facts.receivablesPurchased).toBe(facts.principalCollections);
            expect(facts.poolBalanceBeginning - facts.chargedOffPrincipal).toBe(facts.poolBalanceEnding);
        }
        expect(periods.at(-1)?.facts.poolBalanceEnding).toBe(0n);
        for (const tranche of Object.values(tranches)) expect(tranche.lostPrincipal).toBe(0n);
    });
});

describe('A simulation read from a document', () => {
    const document = {
        lines: [
            { balance: '300000000.00', rate: '7%', months: 60, age: 4, count: 12000 },
            {
                balance: '200000000.00',
                rate: '5.5%',
                months: 48,
                repayment: { kind: 'balloon', balloon: '40000000.00' },
            },
        ],
        assumptions: {
            prepayment: { model: 'ABS', rates: ['1.3%'] },
            default: { model: 'CDR', rates: ['1%', '2%'] },
            recovery: { rates: ['40%'], lag: 4 },
            chargeOffLag: 0,
            delinquency: [['2%'], ['0.5%']],
        },
    };

    it('runs', () => {
        const request = readSimulation(terms, document);
        expect(request.lines[1]).toEqual({
            loan: {
                balance: 20_000_000_000n,
                rate: parseRate('5.5%'),
                months: 48,
                repayment: { kind: 'balloon', balloon: 4_000_000_000n },
            },
            age: 0,
            count: 1,
        });
        expect(simulate(terms, request.lines, request.scenario).tranches['C']).toMatchObject({ lostPrincipal: 0n });
    });

    it('reads the facts that the terms declare, in their units', () => {
        const leases = termsNamed('lease');
        const lines = [{ balance: '400000000.00', rate: '6%', months: 40 }];
        const request = readSimulation(leases, { ...document, lines, extra: { residualProceeds: '1000000.00' } });
        expect(request.scenario.extra).toEqual({ residualProceeds: 100_000_000n });
        const { periods } = simulate(leases, request.lines, request.scenario);
        expect(periods[0]?.run.deposits['collections']).toBe(
            (periods[0]?.facts.interestCollections ?? 0n) +
                (periods[0]?.facts.principalCollections ?? 0n) +
                100_000_000n,
        );
    });

    it.each<[string, object]>([
        ['lines that do not add up to the pool', { ...document, lines: document.lines.slice(1) }],
        ['an unknown field', { ...document, line: [] }],
        ['a fact the terms do not declare', { ...document, extra: { residualProceeds: '1.00' } }],
        [
            'a balloon without an amount',
            { ...document, lines: [{ ...document.lines[1], repayment: { kind: 'balloon' } }] },
        ],
        [
            'a term on a bullet',
            { ...document, lines: [{ ...document.lines[1], repayment: { kind: 'bullet', over: 60 } }] },
        ],
    ])('is refused with %s', (_, wrong) => {
        expect(() => readSimulation(terms, wrong)).toThrow(Refusal);
    });
});
