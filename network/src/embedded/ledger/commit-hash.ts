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
    const namespaces = new Set([...updates.publicKeys.keys(), ...updates.hashes.keys()]);
    return Buffer.concat(
        [...namespaces]
            .filter(namespace => namespace !== '')
            .sort()
            .flatMap(namespace => {
                const hashes = [...(updates.hashes.get(namespace) ?? [])].sort(byName);
                const writes = [
                    ...writesOf('', updates.publicKeys.get(namespace)),
                    ...hashes.flatMap(([collection, keys]) => writesOf(collection, keys)),
                ];
                return writes.map((write, index) => encodeWrite(index === 0 ? namespace : '', write));
            }),
    );
}

interface Write {
    /** Named with the first key of a collection only. */
    readonly collection: string;
    readonly key: string;
    readonly update: Update;
}

function writesOf(collection: string, updates: ReadonlyMap<string, Update> | undefined): Write[] {
    return [...(updates ?? [])]
        .sort(byName)
        .map(([key, update], index) => ({ collection: index === 0 ? collection : '', key, update }));
}

/** The namespace is named with its first key only. */
function encodeWrite(namespace: string, { collection, key, update }: Write): Uint8Array {
    const { block, transaction } = update.version;
    return bytesField(
        1,
        Buffer.concat([
            bytesField(1, Buffer.from(namespace)),
            bytesField(2, Buffer.from(collection)),
            bytesField(3, Buffer.from(key, 'latin1')),
            update.value === undefined ? Buffer.from([0x20, 1]) : Buffer.alloc(0),
            bytesField(5, update.value ?? new Uint8Array()),
            bytesField(6, Buffer.concat([orderedNumber(block), orderedNumber(transaction)])),
        ]),
    );
}

function byName(left: readonly [string, unknown], right: readonly [string, unknown]): number {
    return left[0] < right[0] ? -1 : 1;
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
