import {
    declarationsReader,
    declareRequest,
    reinstateRequest,
    runReader,
    runRequest,
    shape,
} from '@poolproof/chaincode/domain';

import { asked, told } from './client/ledger';

import type {
    Amount,
    Declarations,
    DeclareRequest,
    ReinstateRequest,
    RunRecord,
    RunRequest,
} from '@poolproof/chaincode/domain';
import type { Draft, Ledger, Reader, Receipt } from './client/ledger';

const { id, integer, list, minor, object } = shape;

export const statusDeclared: Reader<StatusDeclared> = told(object({ dealId: id, period: integer(1), status: id }));

export const principalReinstated: Reader<PrincipalReinstated> = told(
    object({ dealId: id, period: integer(1), className: id, amount: minor }),
);

export const waterfallRun: Reader<WaterfallRan> = told(
    object({ dealId: id, period: integer(1), version: integer(1), report: integer(1) }),
);

/** The waterfall of a period was run. */
export interface WaterfallRan {
    readonly dealId: string;
    readonly period: number;
    /** Of the run. */
    readonly version: number;
    /** Version of the report it rests on. */
    readonly report: number;
}

/** The trustee has declared another status of the terms. */
export interface StatusDeclared {
    readonly dealId: string;
    /** The first period that runs in it. */
    readonly period: number;
    readonly status: string;
}

/** Principal of a class that was written down stands again. */
export interface PrincipalReinstated {
    readonly dealId: string;
    /** The first period that runs with it. */
    readonly period: number;
    readonly className: string;
    readonly amount: Amount;
}

/**
 * What the terms make of the report of a period: who is paid how much, step by step.
 *
 * @example
 * await servicer.waterfalls.run({ dealId: 'auto-2026-1', period: 1 });
 * const { paymentDate, status } = await fund.waterfalls.read('auto-2026-1', 1);
 */
export class Waterfalls {
    constructor(private readonly ledger: Ledger) {}

    /**
     * The servicer or the trustee runs a period whose report is confirmed; both their peers compute it and sign. Until it is paid, the
     * trustee may run it again with other fixings and facts than the servicer stated.
     * @throws Refused REPORT_MISSING, REPORT_NOT_CONFIRMED, PERIOD_AFFECTED, RUN_OUT_OF_ORDER, RUN_UP_TO_DATE, FACTS_INVALID
     */
    run(request: Draft<RunRequest>): Promise<Receipt<WaterfallRan>> {
        return this.ledger.submit('waterfall:run', [runRequest, waterfallRun], request);
    }

    /**
     * The trustee declares another status of the terms, such as an acceleration, from the run of a period on.
     * @throws Refused STATUS_UNKNOWN, DECLARED_TOO_LATE, PARTY_WRONG
     */
    declare(request: Draft<DeclareRequest>): Promise<Receipt<StatusDeclared>> {
        return this.ledger.submit('waterfall:declare', [declareRequest, statusDeclared], request);
    }

    /**
     * The trustee reinstates principal of a class that was written down, from the run of the next period on.
     * @throws Refused DECLARED_TOO_LATE, RUN_OUT_OF_ORDER, REINSTATEMENT_EXCEEDED, PARTY_WRONG
     */
    reinstate(request: Draft<ReinstateRequest>): Promise<Receipt<PrincipalReinstated>> {
        return this.ledger.submit('waterfall:reinstate', [reinstateRequest, principalReinstated], request);
    }

    /** What the trustee has declared of a deal, and why. */
    declarations(dealId: string): Promise<Declarations> {
        return this.ledger.evaluate('waterfall:declarations', declarationsReader, asked({ dealId }));
    }

    /** One run with all its steps. @throws Refused NOT_FOUND */
    read(dealId: string, period: number): Promise<RunRecord> {
        return this.ledger.evaluate('waterfall:read', runReader, asked({ dealId, period }));
    }

    /** All periods of a deal, those not yet run included. */
    list(dealId: string): Promise<readonly RunRecord[]> {
        return this.ledger.evaluate('waterfall:list', list(runReader), asked({ dealId }));
    }
}
