import type { Metadata } from './world-state';

const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

/** The key-level endorsement policy in a key's metadata (common.SignaturePolicyEnvelope bytes), if it has one. */
export function keyPolicyOf(metadata: Metadata | undefined): Uint8Array | undefined {
    const policy = metadata?.get(VALIDATION_PARAMETER);
    return policy === undefined || policy.length === 0 ? undefined : policy;
}
