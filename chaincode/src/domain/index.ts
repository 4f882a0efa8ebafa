export { allot, issue, issueMovements, orderReader } from './allotment';
export { bytesOf, compareBytes, concat, hexOf, textOf, utf8 } from './bytes';
export {
    addBusinessDays,
    adjust,
    businessDayConventions,
    isBusinessDay,
    readCalendar,
    weekendsOnly,
} from './calendar/business-day';
export { dayCounts, yearFraction } from './calendar/day-count';
export { notionalDate, paymentPeriod, paymentPeriods } from './calendar/schedule';
export { byCodePoint, canonical } from './canonical';
export { amortise } from './cashflow/amortise';
export { asScheduled, readAssumptions, withDefaultsTimes } from './cashflow/assumptions';
export { addColumns } from './cashflow/column-flows';
export { addLine, hazardsOf, noFlows } from './cashflow/line-flows';
export { loanTable } from './cashflow/loan-columns';
export { discountMargin, moneyMarket } from './cashflow/margin';
export { horizonOf, PoolProjection, projectPool } from './cashflow/pool';
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
export { distribute, distributionReader, heldAccount, noticeReader } from './distribution';
export { sha256 } from './hash';
export {
    asset,
    cashAsset,
    cashOf,
    closingsKeptDays,
    depositReader,
    emptyHolding,
    holdingReader,
    noteOf,
    partsOfAsset,
    placeOf,
    placesOf,
    positive,
    post,
    quantityOf,
    quantityOn,
} from './holding';
export { identifierFor, isIdentifier } from './identifier';
export { confirmInstitutionRequest, institutionReader, joinRequest } from './institution';
export { add, formatAmount, greater, isCurrency, lesser, minorUnitDigits, parseAmount, subtract, zero } from './money';
export { compare, divide, formatRate, minus, nought, one, over, parseRate, plus, portion, rate, times } from './rate';
export { Refusal, refusals } from './refusal';
export {
    cancel,
    confirmPayment,
    instructionReader,
    instructReader,
    lienReader,
    movementsOf,
    place,
    settle,
} from './settlement';
export * as shape from './shape';
export { share } from './share';
export { isEligible, standingRecord } from './standing';
export { assetClassOf } from './tape/asset-class';
export { Chunk, encodeChunk, mostRows, secretLength } from './tape/chunk';
export { formatCell, isNoData, numberOf, parseCell } from './tape/field';
export { identityOf, orderOf } from './tape/identity';
export { quietFacts, standardFacts } from './terms/facts';
export { parseTerms, termsSchema } from './terms/parse';
export { paymentCalendar } from './waterfall/dates';
export { openingState } from './waterfall/opening';
export { readRun, readState } from './waterfall/read-run';
export { runPeriod } from './waterfall/run';
export { authorise, factorOf, offeringReader, trancheReader } from './tranche';

export type { Allotment, Issued, IssueFacts, Order } from './allotment';
export type { BusinessCalendar, BusinessDayConvention } from './calendar/business-day';
export type { CouponTerms, DayCount, Frequency } from './calendar/day-count';
export type { PaymentCalendar, PaymentPeriod } from './calendar/schedule';
export type { Canonical } from './canonical';
export type { Instalment, Loan, Repayment } from './cashflow/amortise';
export type { Assumptions } from './cashflow/assumptions';
export type { Flows, Hazards, PoolLine } from './cashflow/line-flows';
export type { LoanColumns, LoanTable } from './cashflow/loan-columns';
export type { PoolMonth, Purchase } from './cashflow/pool';
export type { DefaultModel, MonthlyRates, PrepaymentModel, Speed } from './cashflow/speed';
export type { Position, TrancheFlow, Valuation, YieldBasis } from './cashflow/valuation';
export type { Day, Month } from './day';
export type { Distributed, DistributionFacts, DistributionRecord, HolderNotice } from './distribution';
export type { Asset, Books, Closing, Deposit, Holding, Movement, Part, Place, Supply } from './holding';
export type { ConfirmInstitutionRequest, Institution, JoinRequest, Role } from './institution';
export type { Amount, Currency, Money } from './money';
export type { Rate, Rounding } from './rate';
export type { RefusalCode, RefusalDetails, RefusalRow } from './refusal';
export type { Instruct, Instruction, Lien, Pair, Payment, Restrictions, Settled, SettlementFacts } from './settlement';
export type { Standing, StandingRecord } from './standing';
export type { AssetClass, Layout } from './tape/asset-class';
export type { Cell, Field } from './tape/field';
export type { FactValue, PeriodFacts, StandardFact, StandardFacts, Unit } from './terms/facts';
export type { ExtraFact, Terms, Tranche } from './terms/terms';
export type { Offering, Rating, TrancheRecord } from './tranche';
export type { Distribution, Notice, OutcomeRecord, PaymentRecord, RecordedValue, StepRecord, WaterfallRun } from './waterfall/record';
export type { DealState, FeeState, TrancheState, TriggerState } from './waterfall/state';
