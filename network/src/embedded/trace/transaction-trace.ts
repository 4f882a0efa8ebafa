import { peer } from '@hyperledger/fabric-protos';
import type { Channel, CommittedBlock, Policy } from '../ledger';
import type { NamespaceSet } from '../ledger/namespace-set';
import type { Transaction } from '../ledger/transaction';
import { chaincodeKey } from '../ledger/world-state';
import type { Version } from '../ledger/world-state';
import type { Peer } from '../peer';
import type { TraceBook, TraceEntry } from './trace-book';

/** Everything the network knows of one transaction. */
export interface TransactionTrace {
    readonly txId: string;
    /** What happened to it, in order. */
    readonly entries: readonly TraceEntry[];
    /** Absent until it is in a block. */
    readonly committed: CommittedTrace | undefined;
}

export interface CommittedTrace {
    readonly block: number;
    readonly index: number;
    /** Name of the validation code, such as `MVCC_READ_CONFLICT`. */
    readonly code: string;
    /** Why it is invalid, in words; empty if it is valid or was read from disk. */
    readonly reason: string;
    readonly chaincode: string;
    readonly creator: string;
    /** Institutions whose endorsements are good. */
    readonly endorsers: readonly string[];
    readonly namespaces: readonly NamespaceTrace[];
}

export interface NamespaceTrace {
    readonly namespace: string;
    /** Each as `key at block/transaction`, or `key absent`. */
    readonly reads: readonly string[];
    /** Each as `[start, end)`, with `...` where it was not read to its end. */
    readonly ranges: readonly string[];
    /** Each as `key = value` (of the value its first characters) or `key deleted`. */
    readonly writes: readonly string[];
    /** Collections touched, keys and values by their hashes only. */
    readonly collections: readonly { readonly name: string; readonly reads: number; readonly writes: number }[];
    /** The policies that judge what was written here, and whether the endorsers satisfy them. */
    readonly policies: readonly PolicyTrace[];
}

export interface PolicyTrace {
    /** `chaincode`, or the name of a collection. Keys may carry policies of their own besides. */
    readonly of: string;
    /** Ways to satisfy it, such as `AMSP.peer & BMSP.peer | CMSP.peer`. */
    readonly policy: string;
    readonly satisfied: boolean;
}

/** Put together what is known of a transaction. Committed parts are told as this peer sees them. */
export function traceTransaction(channel: Channel, book: TraceBook, witness: Peer, txId: string): TransactionTrace {
    const block = witness.ledger.blockByTxId(txId);
    return {
        txId,
        entries: book.of(txId),
        committed: block === undefined ? undefined : committedTrace(channel, witness, block, txId),
    };
}

function committedTrace(
    channel: Channel,
    witness: Peer,
    block: CommittedBlock,
    txId: string,
): CommittedTrace | undefined {
    const index = block.block.transactions.findIndex(candidate => candidate.txId === txId);
    const transaction = block.block.transactions[index];
    const told = block.transactions[index];
    if (transaction === undefined || told?.chaincode === undefined) return undefined;
    const names = Object.entries(peer.TxValidationCode);
    return {
        block: block.number,
        index,
        code: names.find(([, value]) => value === told.code)?.[0] ?? String(told.code),
        reason: told.reason,
        chaincode: told.chaincode,
        creator: channel.msps.identify(transaction.creator).mspId,
        endorsers: transaction.endorsers(channel).map(({ mspId }) => mspId),
        namespaces: transaction.sets.map(set => namespaceTrace(channel, witness, transaction, set)),
    };
}

function namespaceTrace(channel: Channel, witness: Peer, transaction: Transaction, set: NamespaceSet): NamespaceTrace {
    return {
        namespace: set.namespace,
        reads: set.reads.map(({ key, version }) => `${shown(chaincodeKey(key))} ${versionText(version)}`),
        ranges: set.ranges.map(
            range => `[${range.getStartKey()}, ${range.getEndKey()})${range.getItrExhausted() ? '' : ' ...'}`,
        ),
        writes: set.writes.map(({ key, value }) => `${shown(chaincodeKey(key))} ${valueText(value)}`),
        collections: set.collections.map(({ collection, reads, writes }) => ({
            name: collection,
            reads: reads.length,
            writes: writes.length,
        })),
        policies: policiesOf(witness, set).map(([of, policy]) => ({
            of,
            policy: policyText(policy),
            satisfied: transaction.isEndorsedBy(policy, channel),
        })),
    };
}

function policiesOf(witness: Peer, set: NamespaceSet): readonly (readonly [string, Policy])[] {
    const definition = witness.ledger.definition(set.namespace);
    if (definition === undefined) return [];
    const judged: (readonly [string, Policy])[] = set.writes.length > 0 ? [['chaincode', definition.endorsement]] : [];
    for (const { collection: name, writes } of set.collections) {
        const collection = writes.length > 0 ? witness.ledger.collection(set.namespace, name) : undefined;
        if (collection !== undefined) judged.push([name, collection.endorsement]);
    }
    return judged;
}

function policyText(policy: Policy): string {
    return policy
        .layouts()
        .map(layout => layout.map(({ mspId, role }) => `${mspId}.${role}`).join(' & '))
        .join(' | ');
}

function versionText(version: Version | undefined): string {
    return version === undefined ? 'absent' : `at ${version.block}/${version.transaction}`;
}

function valueText(value: Uint8Array | undefined): string {
    if (value === undefined) return 'deleted';
    const text = Buffer.from(value.subarray(0, 80)).toString();
    return `= ${shown(text)}${value.length > 80 ? ` ... (${value.length} bytes)` : ''}`;
}

/** Composite keys hold characters that no terminal shows. */
function shown(text: string): string {
    // eslint-disable-next-line no-control-regex -- U+0000 is what separates the parts of a composite key
    return text.replace(/[\u0000-\u001f]/g, '␀');
}
