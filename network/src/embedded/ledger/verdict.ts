import { peer } from '@hyperledger/fabric-protos';
import type { ValidationCode } from './transaction';

/** What becomes of a transaction, and why: Fabric tells the code alone, a developer wants the reason too. */
export interface Verdict {
    readonly code: ValidationCode;
    /** Empty where the code says it all. Names public keys; of private ones only the collection. */
    readonly reason: string;
}

export const valid: Verdict = { code: peer.TxValidationCode.VALID, reason: '' };

export function invalid(code: keyof typeof peer.TxValidationCode, reason = ''): Verdict {
    return { code: peer.TxValidationCode[code], reason };
}
