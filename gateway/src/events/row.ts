import {
    businessDayReader,
    dealReader,
    declarationsReader,
    depositReader,
    distributionReader,
    institutionReader,
    parseTerms,
    periodReader,
    runReader,
    tapeReader,
    trancheReader,
} from '@poolproof/chaincode/domain';

import type {
    BusinessDay,
    Deal,
    Declarations,
    Deposit,
    DistributionRecord,
    Institution,
    Period,
    RunRecord,
    Tape,
    Terms,
    TrancheRecord,
} from '@poolproof/chaincode/domain';
import type { Reader } from '../client/ledger';
import type { LedgerWrite } from './block';

/** Public records by noun. */
export interface Rows {
    readonly 'business-day': BusinessDay;
    readonly deal: Deal;
    readonly declarations: Declarations;
    readonly deposit: Deposit;
    readonly distribution: DistributionRecord;
    readonly institution: Institution;
    readonly period: Period;
    readonly run: RunRecord;
    readonly tape: Tape;
    readonly terms: Terms;
    readonly tranche: TrancheRecord;
}

const readers: { readonly [N in keyof Rows]: Reader<Rows[N]> } = {
    'business-day': businessDayReader,
    deal: dealReader,
    declarations: declarationsReader,
    deposit: depositReader,
    distribution: distributionReader,
    institution: institutionReader,
    period: periodReader,
    run: runReader,
    tape: tapeReader,
    terms: parseTerms,
    tranche: trancheReader,
};

/**
 * The record that a write of the contracts left, typed and checked, if it is of this noun. A deleted one is undefined, as one of
 * another noun is.
 * @throws Refusal where it is not what a record of its noun is
 *
 * @example
 * for await (const { transactions } of regulator.blocks())
 *     for (const { valid, call } of transactions)
 *         if (valid) for (const write of call?.writes ?? []) save(rowOf(write, 'deal'));
 */
export function rowOf<N extends keyof Rows>(write: LedgerWrite, noun: N): Rows[N] | undefined {
    if (write.noun !== noun || write.deleted) return undefined;
    return readers[noun](write.value, noun);
}
