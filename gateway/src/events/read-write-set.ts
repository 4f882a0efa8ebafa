import { ledger } from '@hyperledger/fabric-protos';

import type { LedgerKey, LedgerRead, LedgerWrite } from './block';

const { kvrwset } = ledger.rwset;

/** Between the parts of a composite key, and before the first. */
const separator = '\u0000';

/** The public keys of one chaincode that a transaction read, in their order. */
export function decodeReads(set: ledger.rwset.NsReadWriteSet): LedgerRead[] {
    const namespace = set.getNamespace();
    return rowsOf(set)
        .getReadsList()
        .map(read => {
            const version = read.getVersion();
            const found = version && { blockNumber: BigInt(version.getBlockNum()), place: version.getTxNum() };
            return { namespace, ...partsOfKey(read.getKey()), ...(found && { version: found }) };
        });
}

/** The public keys of one chaincode that a transaction wrote, in their order, with their values. */
export function decodeWrites(set: ledger.rwset.NsReadWriteSet): LedgerWrite[] {
    const namespace = set.getNamespace();
    return rowsOf(set)
        .getWritesList()
        .map(write => {
            const key = { namespace, ...partsOfKey(write.getKey()) };
            if (write.getIsDelete()) return { ...key, deleted: true };
            return { ...key, deleted: false, value: readable(write.getValue_asU8()) };
        });
}

/** A composite key is a noun and the parts of an id, each ended by a zero character; any other key is its own id. */
export function partsOfKey(key: string): Omit<LedgerKey, 'namespace'> {
    if (!key.startsWith(separator)) return { id: [key] };
    const [noun = '', ...id] = key.slice(1).split(separator).slice(0, -1);
    return { noun, id };
}

function rowsOf(set: ledger.rwset.NsReadWriteSet): ledger.rwset.kvrwset.KVRWSet {
    return kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8());
}

function readable(bytes: Uint8Array): unknown {
    try {
        return JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch {
        return bytes;
    }
}
