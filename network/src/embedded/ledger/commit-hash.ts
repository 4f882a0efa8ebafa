import type { BlockUpdates } from './block-updates';
import { sha256 } from './digest';
import type { ValidationCode } from './transaction';
import type { Update } from './world-state';

/** The chained hash by which peers compare what they committed (Fabric's kvledger, addBlockCommitHash). */
export function commitHash(codes: readonly ValidationCode[], updates: BlockUpdates, previous: Uint8Array): Uint8Array {
    return sha256(varint(codes.length), Uint8Array.from(codes), encodeUpdates(updates), previous);
}

/** Public and hashed updates in one order for all peers: by namespace, public keys first, then by collection, then by key. */
function encodeUpdates(updates: BlockUpdates): Uint8Array {
    const namespaces = [...new Set([...updates.publicKeys.keys(), ...updates.hashes.keys()])].filter(
        name => name !== '',
    );
    return Buffer.concat(
        namespaces.sort().flatMap(namespace => {
            const groups = [
                { collection: '', updates: updates.publicKeys.get(namespace) },
                ...[...(updates.hashes.get(namespace) ?? [])]
                    .sort(([left], [right]) => (left < right ? -1 : 1))
                    .map(([collection, hashes]) => ({ collection, updates: hashes })),
            ];
            return groups.flatMap((group, index) => encodeGroup(index === 0 ? namespace : '', group));
        }),
    );
}

/** Only the first key of a namespace and of a collection names it. */
function encodeGroup(
    namespace: string,
    group: { readonly collection: string; readonly updates: ReadonlyMap<string, Update> | undefined },
): Uint8Array[] {
    const keys = [...(group.updates ?? [])].sort(([left], [right]) => (left < right ? -1 : 1));
    return keys.map(([key, update], index) => {
        const write = Buffer.concat([
            bytesField(1, Buffer.from(index === 0 ? namespace : '')),
            bytesField(2, Buffer.from(index === 0 ? group.collection : '')),
            bytesField(3, Buffer.from(key, 'latin1')),
            update.value === undefined ? Buffer.from([0x20, 1]) : Buffer.alloc(0),
            bytesField(5, update.value ?? new Uint8Array()),
            bytesField(
                6,
                Buffer.concat([orderedNumber(update.version.block), orderedNumber(update.version.transaction)]),
            ),
        ]);
        return bytesField(1, write);
    });
}

/** A length-delimited protobuf field; empty ones are left out. */
function bytesField(field: number, bytes: Uint8Array): Buffer {
    if (bytes.length === 0) return Buffer.alloc(0);
    return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
    return Buffer.from([...bytes, rest]);
}

/** Fabric's order-preserving encoding: the number of bytes, then the bytes, high first. */
function orderedNumber(value: number): Buffer {
    const hex = value === 0 ? '' : value.toString(16);
    const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    return Buffer.concat([varint(bytes.length), bytes]);
}
