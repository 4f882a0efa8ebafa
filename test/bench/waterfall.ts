import { cpus } from 'node:os';

import {
    addColumns,
    hazardsOf,
    loanTable,
    noFlows,
    openingState,
    parseRate,
    rate,
    runPeriod,
    simulate,
} from '@poolproof/chaincode/domain';

import { carLoans, usual } from '../cashflow/deal';
import { termsNamed } from '../waterfall/ready-terms';
import { AutoLoanByHand } from './auto-loan-by-hand';
import { sevenClasses } from './seven-classes';

import type { Amount, PoolLine } from '@poolproof/chaincode/domain';

interface Result {
    readonly what: string;
    readonly measured: number;
    readonly unit: string;
    readonly target: number;
    readonly isBetter: 'lower' | 'higher';
}

/** Measures what issue 5 asks of the arithmetic, prints it, and fails when a target is missed. */
function main(): void {
    const results = [interpreterOverHand(), sevenClassProjection(), ...millionLoans()];
    console.log(`node ${process.version}, one core of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}`);
    for (const result of results) console.log(line(result));
    if (results.some(isMissed)) process.exitCode = 1;
}

function line(result: Result): string {
    const { what, measured, unit, target, isBetter } = result;
    const bound = `${isBetter === 'lower' ? 'at most' : 'at least'} ${target} ${unit}`;
    return `${isMissed(result) ? 'MISSED' : 'ok    '}  ${measured.toFixed(2).padStart(8)} ${unit.padEnd(10)} ${bound.padEnd(28)} ${what}`;
}

function isMissed({ measured, target, isBetter }: Result): boolean {
    return isBetter === 'lower' ? measured > target : measured < target;
}

/** The same periods through the interpreter, with its record of every step, and through the deal written by hand. */
function interpreterOverHand(): Result {
    const terms = termsNamed('auto-loan');
    const { periods } = simulate(terms, carLoans(terms.pool.balance), { assumptions: usual() });
    const interpreter = fastest(200, () => {
        let state = openingState(terms);
        for (const { facts } of periods) state = runPeriod(terms, state, facts).state;
    });
    const hand = fastest(200, () => {
        const deal = new AutoLoanByHand();
        for (const { facts, period } of periods) deal.run(facts, period.payment.due);
    });
    const each = (milliseconds: number) => `${((milliseconds * 1000) / periods.length).toFixed(1)} us`;
    return {
        what: `a period by the interpreter (${each(interpreter)}) over by hand (${each(hand)})`,
        measured: interpreter / hand,
        unit: 'times',
        target: 5,
        isBetter: 'lower',
    };
}

function sevenClassProjection(): Result {
    const terms = sevenClasses();
    const lines = carLoans(terms.pool.balance, 120);
    const assumptions = usual({ prepayment: { model: 'CPR', rates: [parseRate('8%')] } });
    const milliseconds = median(15, () => {
        const { periods } = simulate(terms, lines, { assumptions });
        if (periods.length < 119) throw new Error(`only ${periods.length} periods`);
    });
    return {
        what: '120 months, 7 classes, 50 representative lines, waterfall included (median)',
        measured: milliseconds,
        unit: 'ms',
        target: 200,
        isBetter: 'lower',
    };
}

function millionLoans(): Result[] {
    const [count, months] = [1_000_000, 60];
    const started = performance.now();
    const { chunks } = loanTable(loans(count));
    const reading = performance.now() - started;
    const hazards = hazardsOf(usual());
    const milliseconds = median(3, () => {
        const flows = noFlows(months);
        for (const chunk of chunks) addColumns(flows, chunk, hazards);
    });
    return [
        {
            what: `1,000,000 loans x 60 months under ABS, CDR and recovery (${(milliseconds / 1000).toFixed(2)} s, median)`,
            measured: (count * months) / milliseconds / 1000,
            unit: 'M/s',
            target: 10,
            isBetter: 'higher',
        },
        {
            what: 'putting 1,000,000 loans into columns, level payments worked out',
            measured: reading / 1000,
            unit: 's',
            target: 10,
            isBetter: 'lower',
        },
    ];
}

/** Car loans of 61 to 84 months, so that every one lives through the whole projection; a fixed sequence, no randomness. */
function* loans(count: number): Iterable<PoolLine> {
    const rates = Array.from({ length: 120 }, (_, i) => rate(BigInt(299 + 7 * i), 10_000n));
    for (let i = 0; i < count; i++) {
        const balance = BigInt(800_000 + ((i * 7919) % 4_000_000)) as Amount;
        const loanRate = rates[(i * 31) % rates.length] ?? parseRate('5%');
        yield {
            loan: { balance, rate: loanRate, months: 61 + ((i * 13) % 24), repayment: { kind: 'level' } },
            age: (i * 17) % 24,
            count: 1,
        };
    }
}

function median(times: number, work: () => void): number {
    return measure(times, work)[Math.floor(times / 2)] ?? NaN;
}

function fastest(times: number, work: () => void): number {
    return measure(times, work)[0] ?? NaN;
}

/** Milliseconds of each run, in ascending order. */
function measure(times: number, work: () => void): number[] {
    const runs = Array.from({ length: times }, () => {
        const start = performance.now();
        work();
        return performance.now() - start;
    });
    return runs.sort((a, b) => a - b);
}

main();
