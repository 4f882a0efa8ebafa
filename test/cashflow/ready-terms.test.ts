import { checkTerms, parseRate, rate, simulate, withDefaultsTimes } from '@poolproof/chaincode/domain';

import { termsNamed } from '../waterfall/ready-terms';
import { usual } from './deal';
import { line } from './pool-builders';

import type { Amount, Assumptions, PoolLine, Simulation, Terms } from '@poolproof/chaincode/domain';

const fixings = { SONIA: [parseRate('3.9%')] };

function pool(terms: Terms): PoolLine[] {
    const { balance, rate: yearly = parseRate('5%'), months = 60 } = terms.pool;
    return [0, 1, 2, 3].map(i =>
        line({ balance: (balance / 4n) as Amount, rate: yearly, months: months - 3 * i }, i, 500),
    );
}

function run(name: string, assumptions: Assumptions): Simulation {
    const terms = termsNamed(name);
    return simulate(terms, pool(terms), { assumptions, fixings });
}

const quiet = usual({
    prepayment: { model: 'CPR', rates: [parseRate('12%')] },
    default: { model: 'CDR', rates: [parseRate('0.5%')] },
});

describe('The ready terms', () => {
    it.each(['lease', 'rmbs-pdl'])('%s pass the check without a finding', name => {
        expect(checkTerms(termsNamed(name))).toEqual([]);
    });

    it.each(['lease', 'rmbs-pdl'])('%s repay every class in quiet times and close', name => {
        const simulation = run(name, quiet);
        expect(simulation.periods.at(-1)?.run.state.status).toBe('closed');
        for (const tranche of Object.values(simulation.tranches))
            expect(tranche).toMatchObject({ unpaidInterest: 0n, lostPrincipal: 0n });
    });

    it('rmbs-pdl book losses to the most junior ledger with room, and make good from the most senior', () => {
        const { periods, tranches } = run('rmbs-pdl', withDefaultsTimes(quiet, rate(8n)));
        const balances = { pdlA: 26_400_000_000n, pdlB: 1_500_000_000n, pdlC: 1_200_000_000n, pdlZ: 900_000_000n };
        for (const { run: each } of periods) {
            const { ledgers, tranches: classes } = each.state;
            for (const [ledger, junior] of [
                ['pdlA', 'B'],
                ['pdlB', 'C'],
                ['pdlC', 'Z'],
            ] as const)
                if ((ledgers[ledger] ?? 0n) > 0n) expect(ledgers[`pdl${junior}`]).toBe(classes[junior]?.balance);
            for (const [ledger, most] of Object.entries(balances)) expect(ledgers[ledger]! <= most).toBe(true);
        }
        const notes = (state: (typeof periods)[number]['run']['state']) =>
            ['A', 'B', 'C', 'Z'].reduce((sum, id) => sum + (state.tranches[id]?.balance ?? 0n), 0n);
        const deficiency = (state: (typeof periods)[number]['run']['state']) =>
            Object.values(state.ledgers).reduce((sum, each) => sum + each, 0n);
        for (const { facts, run: each } of periods.filter(({ run: of }) => of.state.status === 'performing'))
            expect(notes(each.state) - deficiency(each.state)).toBe(facts.poolBalanceEnding);
        expect(tranches['Z']?.lostPrincipal).toBeGreaterThan(0n);
        expect(tranches['A']).toMatchObject({ unpaidInterest: 0n, lostPrincipal: 0n });
    });

    it('rmbs-pdl pay the swap while the index is low, and receive when it is high', () => {
        const terms = termsNamed('rmbs-pdl');
        const paid = (index: string) => {
            const scenario = { assumptions: quiet, fixings: { SONIA: [parseRate(index)] } };
            return simulate(terms, pool(terms), scenario).periods[0]?.run.payments['swap-counterparty'] ?? 0n;
        };
        // 300 m, 3.75 % against 2 %, 22 January to 21 April 2026: 89 days of 365.
        expect(paid('2%')).toBe(128_013_698n);
        expect(paid('5%')).toBe(0n);
    });

    it('lease redeem in proportion once class A is well supported, and in turn when a trigger trips', () => {
        const juniorBeforeSenior = ({ periods }: Simulation) =>
            periods.some(
                ({ run: each }) =>
                    (each.distributions['B']?.principal ?? 0n) > 0n && (each.state.tranches['A']?.balance ?? 0n) > 0n,
            );
        expect(juniorBeforeSenior(run('lease', quiet))).toBe(true);
        const late = { ...quiet, delinquency: [[parseRate('0')], [parseRate('8%')]] };
        expect(juniorBeforeSenior(run('lease', late))).toBe(false);
    });
});
