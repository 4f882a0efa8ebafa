import { InstitutionContract } from './contracts/institution';

/** The contracts of the chaincode, as fabric-shim serves them. */
export const contracts = [InstitutionContract];
