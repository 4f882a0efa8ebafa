import { endBalances, rollForward, secretLength } from '@poolproof/chaincode/domain';

import { openChunk, packRecords } from '../chunk';

import type { AlignedMonths } from '../importer/aligned-months';
import type { AssetClass } from '@poolproof/chaincode/domain';
import type { Connection } from '../connection';
import type { Finding } from './inspection';
import type { ReportId } from '../report';

const mostExamples = 3;

/** Nothing leaves this process. */
const noSecret = new Uint8Array(secretLength);

/**
 * The loans of a month that do not follow from the month before, as the contract will find them, by kind: of the rule `does-not-follow`,
 * which refuses. One chunk is in memory at a time.
 */
export async function checkRollForward(
    connection: Connection,
    report: ReportId,
    aligned: AlignedMonths,
    chunks: number,
): Promise<Finding[]> {
    const assetClass = await connection.deals.assetClass(report.dealId);
    const { state, stateRoles } = assetClass;
    const found = new Map<string, { count: number; examples: number[] }>();
    for (let number = 0; number < chunks; number++) {
        const states = openChunk(packRecords(state, aligned.chunk(number), noSecret), state);
        const begin = await balancesBefore(connection, report, number, assetClass);
        const { exceptions } = rollForward(states, stateRoles, begin, { exceptions: 'adjust', chargeOffAtZero: false });
        const lines = exceptions.length === 0 ? [] : aligned.lines(number);
        for (const { kind, row } of exceptions) {
            const { count, examples } = found.get(kind) ?? { count: 0, examples: [] };
            const line = examples.length < mostExamples ? (lines[row] ?? 0) : 0;
            found.set(kind, { count: count + 1, examples: line === 0 ? examples : [...examples, line] });
        }
    }
    return [...found].map(([kind, { count, examples }]) => {
        return { rule: `does-not-follow: ${kind}`, tier: 'refuse', field: stateRoles.endBalance, count, examples };
    });
}

/** Balances with which a month of a chunk begins: the tape's, or those at the end of the month before. */
async function balancesBefore(
    { reports, tapes }: Connection,
    { dealId, period }: ReportId,
    number: number,
    { loanRoles, stateRoles }: AssetClass,
): Promise<Float64Array> {
    const before = period === 1 ? undefined : (await reports.read(dealId, period - 1)).versions.at(-1);
    if (before === undefined || number >= before.chunkRoots.length)
        return (await tapes.loans(dealId, number)).numbers(loanRoles.balance);
    const states = await reports.states({ dealId, period: period - 1, version: before.version }, number);
    return endBalances(states, stateRoles);
}
