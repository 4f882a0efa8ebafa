import { businessDayReader, institutionReader, shape } from '@poolproof/chaincode/domain';

import { additionAccepted, additionDeclined, additionOffered } from '../addition';
import { loansAccessed } from '../audit';
import { told } from '../client/ledger';
import { dealEnded, dealIssued, dealOpened, transferConsented } from '../deal';
import { depositOpened } from '../holding';
import { dayObserved, dayRecorded } from '../observation';
import { chunkPledged, repaidReleased } from '../pledge';
import { reportAnswered, reportFiled, statesRecorded } from '../report';
import { distributionPaid, settledOn } from '../settlement';
import { chunkRecorded, tapeRejected, tapeSealed, tapeSubmitted } from '../tape';
import { classesOfDeal, classRated, notesAllotted } from '../tranche';
import { principalReinstated, statusDeclared, waterfallRun } from '../waterfall';

import type { LedgerEvent } from '../client/event';

/** That something happened in a book, and nothing of what. */
const nothing = told(shape.object({}));
const institution = told(institutionReader);
const businessDay = told(businessDayReader);

/** What every event tells, by its name. */
const readers = {
    AdditionAccepted: additionAccepted,
    AdditionDeclined: additionDeclined,
    AdditionOffered: additionOffered,
    BusinessDayOpened: businessDay,
    ChunkPledged: chunkPledged,
    ChunkRecorded: chunkRecorded,
    ChunkReleased: chunkPledged,
    ClassRated: classRated,
    DayObserved: dayObserved,
    DayRecorded: dayRecorded,
    DealEnded: dealEnded,
    DealIssued: dealIssued,
    DealOpened: dealOpened,
    DepositOpened: depositOpened,
    DistributionPaid: distributionPaid,
    HeldPaymentReleased: nothing,
    InstitutionConfirmed: institution,
    InstitutionJoined: institution,
    InstructionCancelled: nothing,
    InstructionsExpired: settledOn,
    InstructionsFiled: nothing,
    InstructionsPlaced: nothing,
    InstructionsSettled: settledOn,
    LoansAccessed: loansAccessed,
    NotesAllotted: notesAllotted,
    NotesIssued: classesOfDeal,
    NotesRetired: classesOfDeal,
    OrderPlaced: nothing,
    OrderWithdrawn: nothing,
    PaymentConfirmed: nothing,
    PaymentReturned: nothing,
    PaymentSentOutside: nothing,
    PrincipalReinstated: principalReinstated,
    RegistryKeyLaid: nothing,
    RepaidReleased: repaidReleased,
    ReplacedReleased: chunkPledged,
    ReportConfirmed: reportAnswered,
    ReportDisputed: reportAnswered,
    ReportFiled: reportFiled,
    ReportRestated: reportFiled,
    RolesAsked: institution,
    SettlementSystemOpened: businessDay,
    StandingFiled: nothing,
    StatesRecorded: statesRecorded,
    StatusDeclared: statusDeclared,
    TapeRejected: tapeRejected,
    TapeSealed: tapeSealed,
    TapeSubmitted: tapeSubmitted,
    TranchesAuthorised: classesOfDeal,
    TransferConsented: transferConsented,
    TriggerTripped: dayObserved,
    WaterfallRun: waterfallRun,
};

/** Payloads of events by name. */
export type EventPayloads = { readonly [N in keyof typeof readers]: ReturnType<(typeof readers)[N]> };

/** Names of the events that this version knows. Others are given out as they are. */
export type EventName = keyof EventPayloads;

/** The names of `EventName`, in alphabetical order. */
export const eventNames = Object.keys(readers) as readonly EventName[];

/**
 * What an event tells, typed and checked, if it is of this name.
 * @throws Refusal REQUEST_INVALID where it does not say what an event of its name says
 *
 * @example
 * for await (const event of bank.events()) {
 *     const filed = toldAs(event, 'ReportFiled');
 *     if (filed) console.log(`period ${filed.period} of ${filed.dealId}, version ${filed.version}`);
 * }
 */
export function toldAs<N extends EventName>(event: LedgerEvent, name: N): EventPayloads[N] | undefined {
    if (event.name !== name) return undefined;
    return readers[name](event.payload, name) as EventPayloads[N];
}
