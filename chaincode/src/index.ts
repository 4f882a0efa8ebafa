import { AdditionContract } from './contracts/addition';
import { AuditContract } from './contracts/audit';
import { DealContract } from './contracts/deal';
import { HoldingContract } from './contracts/holding';
import { InstitutionContract } from './contracts/institution';
import { ObservationContract } from './contracts/observation';
import { PledgeContract } from './contracts/pledge';
import { ReportContract } from './contracts/report';
import { SettlementContract } from './contracts/settlement';
import { TapeContract } from './contracts/tape';
import { TrancheContract } from './contracts/tranche';
import { WaterfallContract } from './contracts/waterfall';

/** The contracts of the chaincode, as fabric-shim serves them. */
export const contracts = [
    AdditionContract,
    AuditContract,
    DealContract,
    HoldingContract,
    InstitutionContract,
    ObservationContract,
    PledgeContract,
    ReportContract,
    SettlementContract,
    TapeContract,
    TrancheContract,
    WaterfallContract,
];
