export { findRefusal, Refused } from './client/refused';
export {
    AccessFailure,
    BusyFailure,
    ClosedFailure,
    CommitFailure,
    EndorsementFailure,
    Failure,
    GatewayFailure,
    OrderingFailure,
    OutcomeUnknown,
    TimeoutFailure,
} from './client/failure';
export { alignMonths, chunkSizes, loansPerChunk, openChunk, orderLoans, packChunk } from './chunk';
export { newSigner, signingWith, withLowS } from './client/signer';
export { table } from './command/table';
export { connect, Connection } from './connection';
export { CertificateAuthority } from './enrolment/certificate-authority';
export { EnrolmentFailure } from './enrolment/enrolment-failure';
export { fromDevice } from './identity/device';
export { fromFiles } from './identity/files';
export { fromEnvironment, identityFrom } from './identity/source';
export { fromWallet, toWallet } from './identity/wallet';
export { drawn, proofsReader, proveLoans, verifyLoans } from './proving';
export { exceptionsOf } from './exception';
export { exportMonth, exportTape } from './export';
export { readCsv } from './importer/csv';
export { FileStore } from './events/file-store';
export { PrivateValue } from './events/private-value';
export { rowOf } from './events/row';
export { CheckpointMoved, SqlStore } from './events/sql-store';
export { eventNames, toldAs } from './events/told';
export { ImportError } from './importer/import-error';
export { InputError } from './input-error';
export { readLoans } from './importer/loan';
export { readLoanMonths } from './importer/loan-month';
export { readMapping, withFields } from './importer/mapping';
export { Nouns } from './nouns';
export { OfflineDesk } from './offline';
export { readStep } from './offline-step';
export { pledgeTape } from './pledging';
export { readProfile } from './profile';
export { checkQuality } from './quality/check';
export { QualityFailure } from './quality/failure';
export { replayDeal } from './replay';
export { recordMonth, recordTape } from './recording';
export { SettlementAgent } from './settlement-agent';
export { TapeSecret } from './tape-secret';

export type { AdditionAccepted, AdditionDeclined, AdditionOffered } from './addition';
export type { KeepAlive, PeerAddress } from './client/channel';
export type { Deadlines } from './client/client';
export type { FollowOptions, LedgerEvent, Position } from './client/event';
export type { Stage } from './client/failure';
export type { Submission } from './client/journal';
export type { Draft, Receipt } from './client/ledger';
export type { Outcome, Recovered } from './client/recover';
export type { Column } from './command/table';
export type { ConnectOptions, Credentials } from './connection';
export type { DealIssued, DealOpened } from './deal';
export type { AuthorityAddress } from './enrolment/authority-call';
export type { Enrollee, Revocation, RevocationReason } from './enrolment/certificate-authority';
export type { ApplyOptions, EventHandlers } from './events/apply';
export type {
    LedgerBlock,
    LedgerCall,
    LedgerKey,
    LedgerRead,
    LedgerTransaction,
    LedgerWrite,
    PrivateContent,
    PrivateWrite,
} from './events/block';
export type { CheckpointStore } from './events/checkpoint';
export type { BlockOptions } from './events/follow-blocks';
export type { Rows } from './events/row';
export type { SqlSession } from './events/sql-store';
export type { EventName, EventPayloads } from './events/told';
export type { DepositOpened } from './holding';
export type { DeviceCredentials, DeviceKey } from './identity/device';
export type { IdentitySource } from './identity/source';
export type { LoanException } from './exception';
export type { Selection } from './export';
export type { Place } from './importer/import-error';
export type { Loan } from './importer/loan';
export type { LoanMonth } from './importer/loan-month';
export type { Mapping } from './importer/mapping';
export type { Row } from './importer/row';
export type { DayObserved, DayRecorded, DealDay } from './observation';
export type { ChunkPledged } from './pledge';
export type { Log, LogEntry } from './observability/logs';
export type { MeterLike } from './observability/metrics';
export type { Observe } from './observability/observe';
export type { Ending, Step } from './observability/observer';
export type { SpanLike, TracerLike } from './observability/spans';
export type { Told, UnsignedCommit, UnsignedProposal, UnsignedQuery, UnsignedTransaction } from './offline';
export type { Asked, Signatory, StepContent, Unsigned } from './offline-step';
export type { PledgingOptions, PledgingProgress } from './pledging';
export type { Profile } from './profile';
export type { ProofRequest, Proofs, Verdict } from './proving';
export type { Finding as QualityFinding, QualityReport } from './quality/inspection';
export type { MonthFile, Progress, RecordingOptions, TapeFile } from './recording';
export type { Difference, Replayed } from './replay';
export type { ReportFiled, ReportId, StatesRecorded } from './report';
export type { DistributionPaid, InstructionsSettled, PaymentSeen } from './settlement';
export type { SettlementRound } from './settlement-agent';
export type { ChunkRecorded, RecordedChunk, TapeRejected, TapeSealed, TapeSubmitted } from './tape';
export type { ClassesOfDeal, ClassRated, NotesAllotted } from './tranche';
export type { PrincipalReinstated, StatusDeclared, WaterfallRan } from './waterfall';
