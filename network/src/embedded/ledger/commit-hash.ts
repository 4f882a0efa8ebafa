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

/** The namespace is named with its first key only. Every key of every block is written here at every peer: in one piece of memory. */
function encodeWrite(namespace: string, { collection, key, update }: Write): Uint8Array {
    const value = update.value ?? nothing;
    const version = encodeVersion(update.version);
    const names = [namespace, collection].map(name => Buffer.from(name));
    const length =
        names.reduce((sum, name) => sum + fieldLength(name.length), 0) +
        fieldLength(key.length) +
        (update.value === undefined ? deletion.length : 0) +
        fieldLength(value.length) +
        fieldLength(version.length);
    const bytes = Buffer.allocUnsafe(fieldLength(length));
    let at = writeField(bytes, 0, 1, length);
    for (const [index, name] of names.entries()) at = writeBytes(bytes, at, index + 1, name);
    at = writeField(bytes, at, 3, key.length);
    at += bytes.write(key, at, 'latin1');
    if (update.value === undefined) at += deletion.copy(bytes, at);
    at = writeBytes(bytes, at, 5, value);
    writeBytes(bytes, at, 6, version);
    return bytes;
}

const nothing = new Uint8Array();

/** Field 4, true. */
const deletion = Buffer.from([0x20, 1]);

function byName(left: readonly [string, unknown], right: readonly [string, unknown]): number {
    return left[0] < right[0] ? -1 : 1;
}

/** Bytes that a length-delimited protobuf field takes; empty ones are left out. */
function fieldLength(length: number): number {
    return length === 0 ? 0 : 1 + varintLength(length) + length;
}

/** Writes what stands before the content of such a field. @returns where its content begins */
function writeField(into: Buffer, at: number, field: number, length: number): number {
    if (length === 0) return at;
    into[at] = (field << 3) | 2;
    return writeVarint(into, at + 1, length);
}

function writeBytes(into: Buffer, at: number, field: number, content: Uint8Array): number {
    const begin = writeField(into, at, field, content.length);
    into.set(content, begin);
    return begin + content.length;
}

function varint(value: number): Buffer {
    const bytes = Buffer.alloc(varintLength(value));
    writeVarint(bytes, 0, value);
    return bytes;
}

function varintLength(value: number): number {
    let length = 1;
    for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) length += 1;
    return length;
}

function writeVarint(into: Buffer, at: number, value: number): number {
    let [rest, next] = [value, at];
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) into[next++] = (rest % 128) | 0x80;
    into[next] = rest;
    return next + 1;
}

function encodeVersion({ block, transaction }: Update['version']): Uint8Array {
    return Buffer.concat([orderedNumber(block), orderedNumber(transaction)]);
}

/** Fabric's order-preserving encoding: the number of bytes, then the bytes, high first. */
function orderedNumber(value: number): Buffer {
    const hex = value === 0 ? '' : value.toString(16);
    const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
    return Buffer.concat([varint(bytes.length), bytes]);
}
