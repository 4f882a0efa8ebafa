import { peer } from '@hyperledger/fabric-protos';
import { BlockUpdates } from './block-updates';
import type { CommittedBlock } from './committed-block';
import { sameBytes, sha256 } from './digest';
import { scheduleExpiries } from './expiry';
import type { BlockToLive } from './expiry';
import { privateSetKey } from './image';
import type { Changes, Image, PrivateSetName } from './image';
import { find } from './key-tree';
import { keyHash, privateUpdates } from './private-updates';
import { hashedNamespace, sameVersion } from './world-state';
import type { Update } from './world-state';

/** What a private set that came after its block changes: nothing that was written, deleted or expired since. */
export function reconciliation(
    name: PrivateSetName,
    bytes: Uint8Array,
    block: CommittedBlock,
    image: Image,
    blockToLive: BlockToLive,
): Omit<Changes, 'committed'> {
    const set = { ...name, bytes };
    const isValid = block.codes[name.version.transaction] === peer.TxValidationCode.VALID;
    const none = new BlockUpdates(image.state);
    const updates = privateUpdates(isValid ? [set] : [], none, image);
    for (const { namespace, collection, keys } of updates.values()) {
        for (const [key, update] of keys) {
            const hashed = image.state.get(hashedNamespace(namespace, collection), keyHash(key));
            const current = currentVersion(update, hashed);
            if (current === undefined) keys.delete(key);
            else keys.set(key, current);
        }
    }
    const schedule = scheduleExpiries(name.version.block, none, updates, [set], blockToLive);
    return {
        updates: new Map([...updates].map(([place, { keys }]) => [place, keys])),
        privateSets: new Map([[privateSetKey(name), bytes]]),
        missing: new Map([[privateSetKey(name), undefined]]),
        expiries: new Map([...schedule].map(([key, added]) => [key, [...(find(image.expiries, key) ?? []), ...added]])),
    };
}

/** The update as it still holds, which after a write of metadata alone is at the later version; undefined if it is stale. */
function currentVersion(update: Update, hashed: Update | undefined): Update | undefined {
    if (hashed === undefined) return update.value === undefined ? update : undefined;
    if (sameVersion(hashed.version, update.version)) return update;
    const isSame = update.value !== undefined && sameBytes(hashed.value, sha256(update.value));
    return isSame ? { ...update, version: hashed.version } : undefined;
}
