import { KeyEndorsementPolicy } from 'fabric-shim';

/**
 * Key-level policy: a peer of every institution named must endorse whatever changes the key. Members in sorted order, so that
 * all endorsers write the same bytes.
 */
export function endorsedByAll(mspIds: readonly string[]): Uint8Array {
    const policy = new KeyEndorsementPolicy();
    policy.addOrgs('PEER', ...[...new Set(mspIds)].sort());
    return policy.getPolicy();
}
