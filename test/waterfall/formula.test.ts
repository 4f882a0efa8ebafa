import { fc } from '../properties';

import { openingState, parseTerms, Refusal, runPeriod } from '@poolproof/chaincode/domain';

import { aDeal, quietMonth } from './deal-builder';

import type { RecordedValue } from '@poolproof/chaincode/domain';

/** What a formula yields as a named value of a deal, after one month with these facts. */
function valueOf(formula: string, facts: Parameters<typeof quietMonth>[0] = {}): RecordedValue | undefined {
    const terms = parseTerms(aDeal({ values: [{ id: 'x', formula }] }));
    return runPeriod(terms, openingState(terms), quietMonth(facts)).results['x'];
}

/** Where and why a formula is refused: `values[0].formula:5 ...`. */
function problemOf(formula: string): string {
    try {
        valueOf(formula);
    } catch (refusal) {
        if (refusal instanceof Refusal && refusal.code === 'TERMS_INVALID') return refusal.message.slice(15);
        throw refusal;
    }
    return 'none';
}

describe('the formula language', () => {
    it.each([
        ['1 + 2 * 3', 7n],
        ['(1 + 2) * 3', 9n],
        ['10 - 4 - 3', 3n],
        ['-2 * -3', 6n],
        ['7 / 2', '7/2'],
        ['2 / 4', '1/2'],
        ['12.5%', '1/8'],
        ['0.125', '1/8'],
        ['100.05 USD', 10005n],
        ['100 USD - 0.01 USD', 9999n],
        ['round(100.00 USD / 3, down)', 3333n],
        ['round(100.00 USD / 3, up)', 3334n],
        ['round(0.05 USD / 2, half-up)', 3n],
        ['round(0.05 USD / 2, half-even)', 2n],
        ['round(-0.05 USD / 2, half-up)', -3n],
        ['round(2 / 3, half-up, 4)', '6667/10000'],
        ['round(7 / 2, half-even)', 4n],
        ['100.00 USD / 25.00 USD', '4/1'],
        ['max(0, 5.00 USD - 8.00 USD)', 0n],
        ['min(3, 1 / 2, 2)', '1/2'],
        ['abs(2.00 USD - 5.00 USD)', 300n],
        ['2017-05-15 - 2017-04-19', 26n],
        ['2017-02-27 + 2', '2017-03-01'],
        ['2017-03-01 - 1', '2017-02-28'],
        ['addMonths(2017-01-31, 1)', '2017-02-28'],
        ['year(2017-05-15) * 100 + month(2017-05-15)', 201705n],
        ["yearFraction(2017-04-19, 2017-05-15, 'ACT/360')", '13/180'],
        ["yearFraction(2017-05-15, 2017-04-19, 'ACT/360')", '0/1'],
        ['1 < 2 and not 2 < 1', true],
        ['1 = 1.0 and 1 != 2 or false', true],
        ['if 1 > 2 then 5% else 1', '1/1'],
        ['if true then if false then 1 else 2 else 3', 2n],
        ['A.original = 80000.00 USD', true],
        ['2017-05-15 >= 2017-05-14', true],
    ] as const)('reads %s as %s', (formula, expected) => {
        expect(valueOf(formula)).toEqual(expected);
    });

    it('is total: a division by zero is zero', () => {
        expect(valueOf('5.00 USD / (1.00 USD - 1.00 USD)')).toBe('0/1');
        expect(valueOf('chargedOffPrincipal / (poolBalanceEnding - poolBalanceEnding)')).toBe('0/1');
    });

    it.each([
        ['1 +', 'values[0].formula:4: expected a value, found the end'],
        ['1 2', 'values[0].formula:3: expected an operator or the end, found 2'],
        ['(1', "values[0].formula:3: expected ')', found the end"],
        ['1 < 2 < 3', 'values[0].formula:7: expected `and` between two comparisons, found <'],
        ['3 # 4', "values[0].formula:3: '#' is not part of the language"],
        [
            'poolBalanceEndign',
            "values[0].formula:1: unknown name 'poolBalanceEndign'; did you mean 'poolBalanceEnding'?",
        ],
        ['1 + rond(2, up)', "values[0].formula:5: unknown function 'rond'; did you mean 'round'?"],
        ['period-x9', "values[0].formula:1: unknown name 'period-x9' (a subtraction needs spaces around the minus)"],
        ['1.00 USD + 1', 'values[0].formula:10: money beside a count'],
        ['1.00 USD * 1.00 USD', 'values[0].formula:10: money times money'],
        ['1 / 1.00 USD', 'values[0].formula:3: a count over money'],
        ['paymentDate + 1.5', 'values[0].formula:13: a date and a rate'],
        ['true + true', 'values[0].formula:6: a sum of a condition'],
        ['if 1 then 2 else 3', 'values[0].formula:1: if on a count'],
        ['5.00 EUR', 'values[0].formula:1: EUR in a deal in USD'],
        ['5.005 USD', 'values[0].formula:1: 5.005 has more decimals than USD'],
        ['2017-02-29', 'values[0].formula:1: 2017-02-29 is no day of the calendar'],
        ['round(1.00 USD)', 'values[0].formula:1: round needs a value and how to round it'],
        ['round(1.00 USD, nearest)', 'values[0].formula:17: how to round: one of down, up, half-up, half-even'],
        ['1.00 USD / 3', 'values[0].formula:1: yields unrounded money (say how to round: `round(..., half-up)`)'],
        [
            'prior(period, 1)',
            "values[0].formula:7: 'period' is not remembered: state at the value how many runs to `remember`",
        ],
        ['x + 1', "values[0].formula:1: 'x' depends on itself: x -> x"],
    ])('refuses %s at its place', (formula, problem) => {
        expect(problemOf(formula)).toBe(problem);
    });

    it('refuses nesting that only a machine would write', () => {
        expect(problemOf(`${'('.repeat(200)}1${')'.repeat(200)}`)).toMatch(/nested too deeply$/);
        expect(problemOf(`${'-'.repeat(200)}1`)).toMatch(/nested too deeply$/);
    });

    it('finds a circle through several values once, and names it', () => {
        const values = [
            { id: 'a', formula: 'b + 1' },
            { id: 'b', formula: 'c + 1' },
            { id: 'c', formula: 'a + 1' },
        ];
        const terms = parseTerms(aDeal({ values }));
        expect(() => runPeriod(terms, openingState(terms), quietMonth())).toThrow(
            "TERMS_INVALID: values[2].formula:1: 'a' depends on itself: a -> b -> c -> a",
        );
    });

    it.each([
        [
            'a fee',
            {
                fees: [{ id: 'audit', to: 'trustee', amount: 'v' }],
                values: [{ id: 'v', formula: 'audit.earned + audit.due' }],
            },
        ],
        [
            'a coupon',
            {
                tranches: [{ id: 'A', balance: '1.00', rank: 1, coupon: { dayCount: 'ACT/360', formula: 'v' } }],
                values: [{ id: 'v', formula: 'if A.interest > 0 then 1% else A.rate' }],
                waterfalls: { paying: [{ id: 'i', do: 'pay-interest', tranches: ['A'] }] },
            },
        ],
        [
            'a target',
            { accounts: [{ id: 'collection', target: 'v' }], values: [{ id: 'v', formula: 'collection.target' }] },
        ],
    ])('finds a circle through %s', (_, members) => {
        const terms = parseTerms(aDeal(members));
        expect(() => runPeriod(terms, openingState(terms), quietMonth())).toThrow(
            /TERMS_INVALID: .* depends on itself/,
        );
    });

    it('looks back at earlier runs, at its own values too', () => {
        const values = [
            { id: 'losses', formula: 'chargedOffPrincipal', remember: 2 },
            { id: 'twoAgo', formula: 'prior(losses, 2)' },
            { id: 'lately', formula: 'round(average(losses, 3), half-up)' },
            { id: 'sum', formula: 'total(losses, 3)' },
            { id: 'everything', unit: 'money', formula: 'prior(everything, 1) + chargedOffPrincipal', remember: 1 },
        ];
        const terms = parseTerms(aDeal({ values }));
        let state = openingState(terms);
        const seen = [100n, 250n, 40n, 7n].map((chargedOffPrincipal, i) => {
            const run = runPeriod(terms, state, quietMonth({ chargedOffPrincipal, month: i + 1 }));
            state = run.state;
            return ['twoAgo', 'lately', 'sum', 'everything'].map(name => run.results[name]);
        });
        expect(seen).toEqual([
            [0n, 100n, 100n, 100n],
            [0n, 175n, 350n, 350n],
            [100n, 130n, 390n, 390n],
            [250n, 99n, 297n, 397n],
        ]);
    });

    it('agrees with plain fractions on random arithmetic', () => {
        fc.assert(
            fc.property(arithmetic(4), ({ text, n, d }) => {
                const value = valueOf(`${text} + 0.0`);
                expect(value).toBe(inLowestTerms(n, d));
            }),
            { numRuns: 300 },
        );
    });
});

interface Sample {
    readonly text: string;
    readonly n: bigint;
    readonly d: bigint;
}

/** Random expressions over counts and rates, with their value worked out as a plain fraction. */
function arithmetic(depth: number): fc.Arbitrary<Sample> {
    const leaf = fc.oneof(
        fc.nat(999).map((n): Sample => ({ text: String(n), n: BigInt(n), d: 1n })),
        fc.nat(9999).map((n): Sample => ({
            text: `${Math.floor(n / 100)}.${String(n % 100).padStart(2, '0')}`,
            n: BigInt(n),
            d: 100n,
        })),
        fc.nat(500).map((n): Sample => ({ text: `${n}%`, n: BigInt(n), d: 100n })),
    );
    if (depth === 0) return leaf;
    const branch = fc
        .tuple(arithmetic(depth - 1), fc.constantFrom('+', '-', '*', '/', 'min', 'max'), arithmetic(depth - 1))
        .map(([a, operator, b]) => combined(a, operator, b));
    return fc.oneof({ weight: 1, arbitrary: leaf }, { weight: 3, arbitrary: branch });
}

function combined(a: Sample, operator: string, b: Sample): Sample {
    const text = operator.length > 1 ? `${operator}(${a.text}, ${b.text})` : `(${a.text} ${operator} ${b.text})`;
    const isLess = a.n * b.d < b.n * a.d;
    switch (operator) {
        case '+':
            return { text, n: a.n * b.d + b.n * a.d, d: a.d * b.d };
        case '-':
            return { text, n: a.n * b.d - b.n * a.d, d: a.d * b.d };
        case '*':
            return { text, n: a.n * b.n, d: a.d * b.d };
        case '/':
            if (b.n === 0n) return { text, n: 0n, d: 1n };
            return b.n < 0n ? { text, n: -a.n * b.d, d: a.d * -b.n } : { text, n: a.n * b.d, d: a.d * b.n };
        default:
            return { ...((operator === 'min') === isLess ? a : b), text };
    }
}

function inLowestTerms(n: bigint, d: bigint): string {
    let [a, b] = [n < 0n ? -n : n, d];
    while (b !== 0n) [a, b] = [b, a % b];
    return a === 0n ? '0/1' : `${n / a}/${d / a}`;
}
