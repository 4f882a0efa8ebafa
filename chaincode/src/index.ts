import { DealContract } from './contracts/deal';
import { InstitutionContract } from './contracts/institution';
import { PledgeContract } from './contracts/pledge';
import { ReportContract } from './contracts/report';
import { TapeContract } from './contracts/tape';

/** The contracts of the chaincode, as fabric-shim serves them. */
export const contracts = [DealContract, InstitutionContract, PledgeContract, ReportContract, TapeContract];
