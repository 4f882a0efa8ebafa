import type { ledger } from '@hyperledger/fabric-protos';
import type { BlockUpdates } from './block-updates';
import type { CollectionSet, NamespaceSet } from './namespace-set';
import { RangeReads, readMessage, sameSummary, summaryOf } from './range-reads';
import { invalid, valid } from './verdict';
import type { Verdict } from './verdict';
import { chaincodeKey, hashedNamespace, ledgerKey, sameVersion } from './world-state';
import type { Version, WorldState } from './world-state';

type RangeInfo = ledger.rwset.kvrwset.RangeQueryInfo;
type Row = readonly [key: string, version: Version];

/** Whether what a transaction read is still so, given the committed state and the valid transactions before it in the block. */
export function conflictVerdict(sets: readonly NamespaceSet[], state: WorldState, earlier: BlockUpdates): Verdict {
    for (const set of sets) {
        const { namespace } = set;
        for (const { key, version } of set.reads) {
            const now = state.get(namespace, key)?.version;
            const isWrittenBefore = earlier.has(namespace, '', key);
            if (!isWrittenBefore && sameVersion(now, version)) continue;
            const then = `key ${chaincodeKey(key)} of ${namespace} was read ${display(version)}`;
            const since = isWrittenBefore
                ? 'and written by an earlier transaction of the block'
                : `and is now ${display(now)}`;
            return invalid('MVCC_READ_CONFLICT', `${then} ${since}`);
        }
        const changed = set.ranges.find(range => !isUnchanged(range, namespace, state, earlier));
        if (changed !== undefined) {
            const range = `[${changed.getStartKey()}, ${changed.getEndKey()})`;
            return invalid(
                'PHANTOM_READ_CONFLICT',
                `the range ${range} of ${namespace} has other keys or versions now`,
            );
        }
        const stale = set.collections.find(collection => hasStaleHash(collection, namespace, state, earlier));
        if (stale !== undefined) {
            const name = `a key of collection ${stale.collection} of ${namespace}`;
            return invalid('MVCC_READ_CONFLICT', `${name} has changed since it was read`);
        }
    }
    return valid;
}

function display(version: Version | undefined): string {
    return version === undefined ? 'absent' : `at ${version.block}/${version.transaction}`;
}

function hasStaleHash(set: CollectionSet, namespace: string, state: WorldState, earlier: BlockUpdates): boolean {
    const place = hashedNamespace(namespace, set.collection);
    return set.reads.some(
        ({ key, version }) =>
            earlier.has(namespace, set.collection, key) || !sameVersion(state.get(place, key)?.version, version),
    );
}

function isUnchanged(range: RangeInfo, namespace: string, state: WorldState, earlier: BlockUpdates): boolean {
    const summary = range.getReadsMerkleHashes();
    const rows = rowsNow(range, namespace, state, earlier);
    return summary === undefined ? areRows(range, rows) : haveSummary(summary, rows);
}

function areRows(range: RangeInfo, rows: Iterable<Row>): boolean {
    const reads = range.getRawReads()?.getKvReadsList() ?? [];
    let at = 0;
    for (const [key, version] of rows) {
        const read = reads[at++];
        const then = read?.getVersion();
        if (read === undefined || then === undefined || ledgerKey(read.getKey()) !== key) return false;
        if (then.getBlockNum() !== version.block || then.getTxNum() !== version.transaction) return false;
    }
    return at === reads.length;
}

function haveSummary(message: ledger.rwset.kvrwset.QueryReadsMerkleSummary, rows: Iterable<Row>): boolean {
    const then = summaryOf(message);
    if (then.degree < 2) return false;
    const now = new RangeReads(then.degree);
    for (const [key, version] of rows) now.add(readMessage(chaincodeKey(key), version));
    const done = now.done();
    return 'summary' in done && sameSummary(done.summary, then);
}

/** The rows of the range as they would be now; the last key fetched is part of a range that was not exhausted. */
function* rowsNow(range: RangeInfo, namespace: string, state: WorldState, earlier: BlockUpdates): Generator<Row, void> {
    const start = ledgerKey(range.getStartKey());
    const end = ledgerKey(range.getEndKey());
    const isBelowEnd = (key: string): boolean => end === '' || (range.getItrExhausted() ? key < end : key <= end);
    const updates = [...(earlier.at(namespace, '') ?? [])]
        .filter(([key]) => key >= start && isBelowEnd(key))
        .sort(byKey);
    let next = 0;
    for (const [key, { version }] of state.range(namespace, start, undefined)) {
        if (!isBelowEnd(key)) break;
        for (let update = updates[next]; update !== undefined && update[0] < key; update = updates[++next]) {
            if (update[1].value !== undefined) yield [update[0], update[1].version];
        }
        const update = updates[next];
        if (update?.[0] !== key) {
            yield [key, version];
        } else {
            next++;
            if (update[1].value !== undefined) yield [key, update[1].version];
        }
    }
    for (const [key, { value, version }] of updates.slice(next)) if (value !== undefined) yield [key, version];
}

function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
    return left[0] < right[0] ? -1 : 1;
}
