import type { Connection } from './connection';
import type { ExceptionKind } from '@poolproof/chaincode/domain';
import type { ReportId } from './report';

/** A loan-month that does not follow from the month before, as the contract has found it. */
export interface LoanException {
    readonly loan: string;
    readonly kind: ExceptionKind;
    /** Minor units that are missing from the roll-forward, negative where there is too much. */
    readonly difference: number;
}

/**
 * The loans of a period that do not roll forward, chunk by chunk: for originator, trustee and regulator, from their own peer. Where the
 * terms refuse such loans, there are none.
 * @throws Refused NOT_FOUND; AccessFailure where the caller's institution may not see the loans
 */
export async function* exceptionsOf(connection: Connection, report: ReportId): AsyncGenerator<LoanException> {
    const { deals, reports } = connection;
    const { stateRoles } = await deals.assetClass(report.dealId);
    for (let number = 0; ; number++) {
        const summary = await reports.summary(report, number);
        if (summary === null) return;
        if (summary.exceptions.length === 0) continue;
        const loans = (await reports.states(report, number)).texts(stateRoles.number);
        for (const { row, kind, difference } of summary.exceptions)
            yield { loan: String(loans[row]), kind, difference };
    }
}
