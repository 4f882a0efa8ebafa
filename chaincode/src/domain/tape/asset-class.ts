import { autoLease } from './classes/auto-lease';
import { autoLoan } from './classes/auto-loan';
import { bill } from './classes/bill';
import { bond, equityShare } from './classes/security';
import { consumerLoan } from './classes/consumer-loan';
import { incomeCertificate } from './classes/income-certificate';
import { tradeReceivable } from './classes/trade-receivable';
import { warehouseReceipt } from './classes/warehouse-receipt';
import { Refusal } from '../refusal';

import type { Field } from './field';

/** The fields of a record, in the order in which they are encoded. Adding a field makes a new layout id. */
export interface Layout {
    /** `auto-loan/1` */
    readonly id: string;
    readonly fields: readonly Field[];
}

/** A table of the pool by one field, as published at the seal. */
export interface Stratum {
    readonly name: string;
    readonly field: string;
    /** Lower bounds of the bands of a numeric field, ascending, in the units of the encoding; absent: one row a value. */
    readonly bands?: readonly number[];
}

/** Which field of a loan says what the contract must know. */
export interface LoanRoles {
    /** The servicer's number of the loan: unique in a tape. */
    readonly number: string;
    /** Outstanding principal at the cut-off date. */
    readonly balance: string;
    /** Terms in months, original and remaining: their difference is the loan's age. */
    readonly originalTerm?: string;
    readonly remainingTerm?: string;
}

/** Which field of a period's record says what. Amounts; a field that is absent counts as zero. */
export interface StateRoles {
    readonly number: string;
    readonly beginBalance: string;
    readonly endBalance: string;
    readonly principal: string;
    readonly scheduledPrincipal: string;
    readonly interest: string;
    readonly paid: string;
    readonly other: string;
    readonly chargedOff: string;
    readonly adjustment: string;
    readonly recovered: string;
    readonly proceeds: string;
    /** Days past due. */
    readonly delinquency: string;
    /** Why the balance is zero. */
    readonly zeroCode: string;
    /** The values of `zeroCode` that mean bought back by the originator. */
    readonly repurchasedCodes: readonly string[];
}

/** A kind of asset, as data: what is recorded of it, what identifies it wherever it is offered, what is published of a pool. */
export interface AssetClass {
    readonly id: string;
    readonly name: string;
    readonly loan: Layout;
    readonly state: Layout;
    /** Assets of all classes with one scheme share one name space: the same asset cannot be pledged under two classes. */
    readonly identity: { readonly scheme: string; readonly fields: readonly string[] };
    readonly loanRoles: LoanRoles;
    readonly stateRoles: StateRoles;
    /** Fields whose average, weighted by balance, is published. */
    readonly averages: readonly string[];
    /** The same of a month's records. */
    readonly stateAverages: readonly string[];
    readonly strata: readonly Stratum[];
}

/** The asset classes known here, by id. */
export const assetClasses: Readonly<Record<string, AssetClass>> = {
    'auto-lease': autoLease,
    'auto-loan': autoLoan,
    bill,
    bond,
    'consumer-loan': consumerLoan,
    'equity-share': equityShare,
    'income-certificate': incomeCertificate,
    'trade-receivable': tradeReceivable,
    'warehouse-receipt': warehouseReceipt,
};

/** @throws Refusal ASSET_CLASS_UNKNOWN */
export function assetClassOf(id: string): AssetClass {
    const found = Object.hasOwn(assetClasses, id) ? assetClasses[id] : undefined;
    if (found === undefined)
        throw new Refusal('ASSET_CLASS_UNKNOWN', { id, known: Object.keys(assetClasses).join(', ') });
    return found;
}
