export { acceptAdditionRequest, declineAdditionRequest, offerAdditionRequest } from './addition';
export {
    allot,
    allotReader,
    issue,
    issueMovements,
    orderBookReader,
    orderReader,
    placeOrderReader,
    withdrawOrderReader,
} from './allotment';
export { accessReader, accessRequest } from './audit';
export { businessDayReader, openDayRequest } from './business-day';
export { bytesOf, compareBytes, concat, hexOf, textOf, utf8 } from './bytes';
export { addBusinessDays, adjust, businessDayConventions, isBusinessDay } from './calendar/business-day';
export { dayCounts, yearFraction } from './calendar/day-count';
export { notionalDate, paymentPeriod, paymentPeriods } from './calendar/schedule';
export { byCodePoint, canonical } from './canonical';
export { amortise } from './cashflow/amortise';
export { readAssumptions, withDefaultsTimes } from './cashflow/assumptions';
export { breakEven } from './cashflow/break-even';
export { addColumns } from './cashflow/column-flows';
export { addLine, hazardsOf, noFlows } from './cashflow/line-flows';
export { loanTable } from './cashflow/loan-columns';
export { discountMargin, moneyMarket } from './cashflow/margin';
export { collectionPeriod, periodFacts } from './cashflow/period-facts';
export { PoolProjection, projectPool } from './cashflow/pool';
export { readSimulation } from './cashflow/read-simulation';
export { positionAtClosing, simulate } from './cashflow/simulate';
export { monthlyRates } from './cashflow/speed';
export { accruedOf, averageLife, bondEquivalent, valueAtPrice, valueAtYield } from './cashflow/valuation';
export {
    addDays,
    addMonths,
    dayNumber,
    dayOf,
    daysBetween,
    lastDayOf,
    monthOf,
    monthsBetween,
    parseDay,
    parseMonth,
    partsOf,
} from './day';
export {
    closeDealRequest,
    consentToTransferRequest,
    dealReader,
    endDealRequest,
    openDealRequest,
    periodsOf,
    tapeCollection,
} from './deal';
export { distribute, distributeRequest, distributionReader, noticeReader, statementReader } from './distribution';
export { functions as formulaFunctions } from './formula/functions';
export { sha256 } from './hash';
export {
    asset,
    cashAsset,
    cashOf,
    depositReader,
    emptyHolding,
    holdingReader,
    noteOf,
    openDepositRequest,
    partsOfAsset,
    placeOf,
    placesOf,
    positive,
    post,
    quantityOf,
    quantityOn,
} from './holding';
export { identifierFor, isIdentifier } from './identifier';
export { askRolesRequest, confirmInstitutionRequest, institutionReader, joinRequest } from './institution';
export {
    alone,
    batchReader,
    cancel,
    cancelReader,
    confirmPayment,
    confirmPaymentReader,
    expire,
    expireReader,
    fileReader,
    instructionReader,
    instructionsReader,
    instructReader,
    isOpen,
    pairUp,
    pendingPageReader,
    privateRequest,
} from './instruction';
export { movementsOf } from './leg';
export { lienReader } from './lien';
export { add, formatAmount, greater, isCurrency, lesser, minorUnitDigits, parseAmount, subtract, zero } from './money';
export { changedLoansReader, observeRequest, recordDayRequest, tripReader, watchReader } from './observation';
export {
    bookContentReader,
    closedPageReader,
    noticePageReader,
    payablePageReader,
    readBookRequest,
    readPageRequest,
} from './own-book';
export { payableReader } from './payable';
export { fingerprintsOf, layRegistryKeyRequest, pledgeRequest, releaseRepaidRequest, releaseRequest } from './pledge';
export { poolTests } from './pool-rules';
export { compare, divide, formatRate, minus, nought, one, over, parseRate, plus, portion, rate, times } from './rate';
export { shape } from './readers';
export { Refusal, refusals } from './refusal';
export { reinstateRequest } from './reinstatement';
export {
    basisOf,
    confirmedReport,
    confirmReportRequest,
    disputeReportRequest,
    fileReportRequest,
    periodReader,
    readPeriodRequest,
    readStatesRequest,
    recordStatesRequest,
    reportOf,
    reportVersionReader,
    wholeReportReader,
} from './report';
export { composeReport } from './report/compose';
export { namesIn } from './report/disclosure';
export { endBalances, rollForward } from './report/roll-forward';
export { monthBefore, stateSummaryReader, summariseStates, tapeBefore } from './report/state-summary';
export {
    declarationsReader,
    declareRequest,
    readRunRequest,
    reportFacts,
    runReader,
    runRequest,
    runWaterfall,
    scheduledRuns,
} from './run';
export { settle } from './settlement';
export { share } from './share';
export { isEligible, standingRecord } from './standing';
export { placesReader } from './substitution';
export {
    mostChunks,
    newTape,
    poolChunks,
    readChunkRequest,
    recordChunkRequest,
    rejectTapeRequest,
    sealTape,
    sealTapeRequest,
    submitTape,
    submitTapeRequest,
    tapeReader,
} from './tape';
export { assetClasses, assetClassOf } from './tape/asset-class';
export { BulkHash } from './tape/bulk-hash';
export { Chunk } from './tape/chunk';
export { concentrationReader } from './tape/concentration';
export { criterionReader } from './tape/criterion';
export { eligibilityReader } from './tape/eligibility';
export { encodeChunk, encodeRecord, encodeRecords } from './tape/encode';
export { mostChunkBytes, mostRows, secretLength } from './tape/encoding';
export { decimalUnits, formatCell, isNoData, numberOf, parseCell, rateUnits } from './tape/field';
export { identityOf, orderOf } from './tape/identity';
export { rootOf } from './tape/merkle';
export { poolStatistics } from './tape/pool';
export { proofReader, prove, verify } from './tape/proof';
export { loanSummaryReader, summariseLoans } from './tape/summary';
export { checkTerms } from './terms/check';
export { quietFacts, standardFacts } from './terms/facts';
export { formatFindings } from './terms/finding';
export { parseTerms, termsSchema } from './terms/parse';
export {
    authorise,
    authoriseRequest,
    dealRequest,
    factorOf,
    issueReader,
    offeringReader,
    payClass,
    planIssue,
    rateRequest,
    readDealRequest,
    trancheReader,
    withSupply,
} from './tranche';
export { releaseReader, returnReader, sendReader } from './waiting';
export { printCertificate } from './waterfall/certificate';
export { paymentCalendar } from './waterfall/dates';
export { explain, explainSteps, why } from './waterfall/explain';
export { observe } from './waterfall/observe';
export { openingState } from './waterfall/opening';
export { readRun, readState } from './waterfall/read-run';
export { runPeriod } from './waterfall/run';

export type { AcceptAdditionRequest, DeclineAdditionRequest, OfferAdditionRequest } from './addition';
export type { Allot, Allotment, IssueClosing, Issued, IssueFacts, Order, PlaceOrder } from './allotment';
export type { Access, AccessRequest } from './audit';
export type { BusinessDay, OpenDayRequest } from './business-day';
export type { BusinessCalendar, BusinessDayConvention } from './calendar/business-day';
export type { CouponTerms, DayCount, Frequency } from './calendar/day-count';
export type { PaymentCalendar, PaymentPeriod } from './calendar/schedule';
export type { Canonical } from './canonical';
export type { Instalment, Loan, Repayment } from './cashflow/amortise';
export type { Assumptions } from './cashflow/assumptions';
export type { BreakEven } from './cashflow/break-even';
export type { Flows, Hazards, PoolLine } from './cashflow/line-flows';
export type { LoanColumns, LoanTable } from './cashflow/loan-columns';
export type { CollectionPeriod } from './cashflow/period-facts';
export type { PoolMonth, Purchase } from './cashflow/pool';
export type { SimulationRequest } from './cashflow/read-simulation';
export type { Scenario, SimulatedPeriod, Simulation } from './cashflow/simulate';
export type { DefaultModel, MonthlyRates, PrepaymentModel, Speed } from './cashflow/speed';
export type { TrancheResult } from './cashflow/tranche-result';
export type { Position, TrancheFlow, Valuation, YieldBasis } from './cashflow/valuation';
export type { Day, Month } from './day';
export type {
    CloseDealRequest,
    ConsentToTransferRequest,
    Deal,
    DealPeriod,
    DealStatus,
    EndDealRequest,
    OpenDealRequest,
} from './deal';
export type {
    Distributed,
    DistributeRequest,
    DistributionFacts,
    DistributionRecord,
    HolderNotice,
    Statement,
} from './distribution';
export type {
    Asset,
    Books,
    Closing,
    Deposit,
    Holding,
    Movement,
    OpenDepositRequest,
    Part,
    Place,
    Supply,
} from './holding';
export type { AskRolesRequest, ConfirmInstitutionRequest, Institution, JoinRequest, Role } from './institution';
export type {
    Batch,
    Due,
    Expire,
    File,
    Instruct,
    Instruction,
    Pair,
    Payment,
    Pending,
    PendingPage,
    PlaceFacts,
    PlaceInBooks,
    PrivateRequest,
} from './instruction';
export type { Lien } from './lien';
export type { Amount, Currency, Money } from './money';
export type { ChangedLoan, ObserveRequest, RecordDayRequest, Trip, Watch } from './observation';
export type { BookContent, ReadBookRequest, ReadPageRequest } from './own-book';
export type { Payable } from './payable';
export type { Conflict, LayRegistryKeyRequest, PledgeRequest, ReleaseRepaidRequest, ReleaseRequest } from './pledge';
export type { PoolRules } from './pool-rules';
export type { Rate, Rounding } from './rate';
export type { RefusalCode, RefusalDetails, RefusalRow } from './refusal';
export type { Reinstatement, ReinstateRequest } from './reinstatement';
export type {
    ConfirmReportRequest,
    DisputeReportRequest,
    FileReportRequest,
    Period,
    ReadPeriodRequest,
    ReadStatesRequest,
    RecordStatesRequest,
    ReportVersion,
} from './report';
export type { Delinquent } from './report/delinquency';
export type { PublishedFacts, PublishedMeasures, WholeReport } from './report/disclosure';
export type { ExceptionKind, RollException } from './report/roll-forward';
export type { StateSummary } from './report/state-summary';
export type { Declarations, DeclareRequest, ReportFacts, RunFacts, RunRecord, RunRequest } from './run';
export type { Restrictions, Settled, SettlementFacts } from './settlement';
export type { OptionalReader, Reader, Shape, Shaped } from './shape';
export type { Standing, StandingRecord } from './standing';
export type { LoanPlace, SubstitutionRules } from './substitution';
export type {
    ReadChunkRequest,
    RecordChunkRequest,
    RejectTapeRequest,
    SealTapeRequest,
    SubmitTapeRequest,
    Tape,
} from './tape';
export type { Addition } from './tape/addition';
export type { AssetClass, Layout, LoanRoles, StateRoles, Stratum } from './tape/asset-class';
export type { ConcentrationLimit, ConcentrationResult, GroupBalance } from './tape/concentration';
export type { Criterion } from './tape/criterion';
export type { EligibilityResult, EligibilityRule, Ineligible } from './tape/eligibility';
export type { Cell, Field, FieldType } from './tape/field';
export type { PoolStatistics, PoolStratum } from './tape/pool';
export type { Proof } from './tape/proof';
export type { LoanSummary, StratumRow } from './tape/summary';
export type { Weighted } from './tape/weighted';
export type { FactValue, PeriodFacts, StandardFact, StandardFacts, Unit } from './terms/facts';
export type { Finding, FindingCode } from './terms/finding';
export type { ExtraFact, Terms, Tranche } from './terms/terms';
export type {
    AuthoriseRequest,
    DealRequest,
    Issue,
    IssuePlanFacts,
    Offering,
    RateRequest,
    Rating,
    TrancheRecord,
} from './tranche';
export type { Release, Return, Send } from './waiting';
export type { PrintedLine } from './waterfall/certificate';
export type { ExplainedStep } from './waterfall/explain';
export type { Observation } from './waterfall/observe';
export type {
    Distribution,
    Notice,
    OutcomeRecord,
    PaymentRecord,
    RecordedValue,
    StepRecord,
    WaterfallRun,
} from './waterfall/record';
export type { DealState, FeeState, TrancheState, TriggerState } from './waterfall/state';
