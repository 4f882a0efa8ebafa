import { randomUUID } from 'node:crypto';
import { ledger, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { KeyModification, StateIterator } from '../ledger';
import type { Invocation } from './invocation';
import { OpenQuery } from './query';
import type { Rows } from './query';

/** totalQueryLimit of Fabric's core.yaml. */
const totalQueryLimit = 100_000;

type Answer = (payload: Uint8Array, invocation: Invocation) => Uint8Array;

const types = peer.ChaincodeMessage.Type;
const nothing = new Uint8Array();

/**
 * What a chaincode may ask of its peer while it runs, by message type, except calls of other chaincodes.
 * Each answers with the payload of the response, or throws an Error whose text is Fabric's.
 */
export const answers: ReadonlyMap<number, Answer> = new Map<number, Answer>([
    [types.GET_STATE, getState],
    [types.PUT_STATE, putState],
    [types.DEL_STATE, deleteState],
    [types.GET_STATE_BY_RANGE, getStateByRange],
    [types.GET_QUERY_RESULT, getQueryResult],
    [types.GET_HISTORY_FOR_KEY, getHistory],
    [types.QUERY_STATE_NEXT, queryNext],
    [types.QUERY_STATE_CLOSE, queryClose],
    [types.GET_PRIVATE_DATA_HASH, getPrivateDataHash],
    [types.GET_STATE_METADATA, getMetadata],
    [types.PUT_STATE_METADATA, putMetadata],
    [types.PURGE_PRIVATE_DATA, purgePrivateData],
]);

/** What a request is about, for a trace: names of collections and keys, never values. */
export function describeRequest(type: number, payload: Uint8Array): string {
    switch (type) {
        case types.INVOKE_CHAINCODE:
            return peer.ChaincodeSpec.deserializeBinary(payload).getChaincodeId()?.getName() ?? '';
        case types.GET_STATE_BY_RANGE: {
            const { startkey, endkey, collection } = peer.GetStateByRange.deserializeBinary(payload).toObject();
            return `${collection} [${startkey}, ${endkey})`.trim();
        }
        case types.GET_QUERY_RESULT:
        case types.QUERY_STATE_NEXT:
        case types.QUERY_STATE_CLOSE:
            return '';
        case types.GET_HISTORY_FOR_KEY:
            return peer.GetHistoryForKey.deserializeBinary(payload).getKey();
        case types.PUT_STATE: {
            const request = peer.PutState.deserializeBinary(payload);
            return `${request.getCollection()} ${request.getKey()}`.trim();
        }
        case types.PUT_STATE_METADATA: {
            const request = peer.PutStateMetadata.deserializeBinary(payload);
            return `${request.getCollection()} ${request.getKey()}`.trim();
        }
        default: {
            // The others begin with key and collection alike.
            const request = peer.GetState.deserializeBinary(payload);
            return `${request.getCollection()} ${request.getKey()}`.trim();
        }
    }
}

function getState(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const request = peer.GetState.deserializeBinary(payload);
    const { simulator, namespace } = invocation;
    const collection = request.getCollection();
    if (collection === '') return simulator.getState(namespace, request.getKey()) ?? nothing;
    mustNotInitialise(invocation);
    invocation.mustRead(collection);
    return simulator.getPrivateData(namespace, collection, request.getKey()) ?? nothing;
}

function putState(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const request = peer.PutState.deserializeBinary(payload);
    const { simulator, namespace } = invocation;
    const collection = request.getCollection();
    if (collection === '') {
        simulator.putState(namespace, request.getKey(), request.getValue_asU8());
        return nothing;
    }
    mustNotInitialise(invocation);
    invocation.mustWrite(collection);
    simulator.putPrivateData(namespace, collection, request.getKey(), request.getValue_asU8());
    return nothing;
}

function deleteState(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const request = peer.DelState.deserializeBinary(payload);
    const { simulator, namespace } = invocation;
    const collection = request.getCollection();
    if (collection === '') {
        simulator.deleteState(namespace, request.getKey());
        return nothing;
    }
    mustNotInitialise(invocation);
    invocation.mustWrite(collection);
    simulator.deletePrivateData(namespace, collection, request.getKey());
    return nothing;
}

function purgePrivateData(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const request = peer.DelState.deserializeBinary(payload);
    if (request.getCollection() === '') throw new Error('only applicable for private data');
    mustNotInitialise(invocation);
    invocation.mustWrite(request.getCollection());
    invocation.simulator.purgePrivateData(invocation.namespace, request.getCollection(), request.getKey());
    return nothing;
}

/** The hash is public: no membership is asked for. */
function getPrivateDataHash(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const request = peer.GetState.deserializeBinary(payload);
    mustNotInitialise(invocation);
    const { simulator, namespace } = invocation;
    return simulator.getPrivateDataHash(namespace, request.getCollection(), request.getKey()) ?? nothing;
}

function getMetadata(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const request = peer.GetStateMetadata.deserializeBinary(payload);
    const { simulator, namespace } = invocation;
    const collection = request.getCollection();
    if (collection !== '') {
        mustNotInitialise(invocation);
        invocation.mustRead(collection);
    }
    const metadata =
        collection === ''
            ? simulator.getStateMetadata(namespace, request.getKey())
            : simulator.getPrivateMetadata(namespace, collection, request.getKey());
    const result = new peer.StateMetadataResult();
    for (const [name, value] of metadata) {
        const entry = new peer.StateMetadata();
        entry.setMetakey(name);
        entry.setValue(value);
        result.addEntries(entry);
    }
    return result.serializeBinary();
}

function putMetadata(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const request = peer.PutStateMetadata.deserializeBinary(payload);
    const { simulator, namespace } = invocation;
    const collection = request.getCollection();
    const entry = request.getMetadata();
    const metadata = new Map(entry === undefined ? [] : [[entry.getMetakey(), entry.getValue_asU8()]]);
    if (collection === '') {
        simulator.setStateMetadata(namespace, request.getKey(), metadata);
        return nothing;
    }
    mustNotInitialise(invocation);
    invocation.mustWrite(collection);
    simulator.setPrivateMetadata(namespace, collection, request.getKey(), metadata);
    return nothing;
}

function getStateByRange(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const request = peer.GetStateByRange.deserializeBinary(payload);
    const { simulator, namespace } = invocation;
    const collection = request.getCollection();
    const [start, end] = [request.getStartkey(), request.getEndkey()];
    const page = peer.QueryMetadata.deserializeBinary(request.getMetadata_asU8());
    if (collection !== '') {
        mustNotInitialise(invocation);
        invocation.mustRead(collection);
        return open(invocation, stateRows(namespace, simulator.privateRange(namespace, collection, start, end)));
    }
    if (page.getPagesize() === 0 && page.getBookmark() === '') {
        return open(invocation, stateRows(namespace, simulator.stateRange(namespace, start, end)));
    }
    const from = page.getBookmark() === '' ? start : page.getBookmark();
    const iterator = simulator.stateRangePage(namespace, from, end, page.getPagesize());
    const limit = page.getPagesize() > 0 ? Math.min(page.getPagesize(), totalQueryLimit) : totalQueryLimit;
    return open(invocation, stateRows(namespace, iterator), limit, () => iterator.bookmark());
}

function getQueryResult(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const collection = peer.GetQueryResult.deserializeBinary(payload).getCollection();
    if (collection !== '') {
        mustNotInitialise(invocation);
        invocation.mustRead(collection);
    }
    return invocation.simulator.richQuery();
}

function getHistory(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const { key } = peer.GetHistoryForKey.deserializeBinary(payload).toObject();
    const iterator = invocation.transaction.ledger.history(invocation.namespace, key);
    return open(invocation, {
        next: () => {
            const step = iterator.next();
            return step.done === true ? undefined : encodeModification(step.value);
        },
        close: () => void iterator.return?.(),
    });
}

function queryNext(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const id = peer.QueryStateNext.deserializeBinary(payload).getId();
    const query = invocation.queries.get(id);
    if (query === undefined) throw new Error('query iterator not found');
    return batchOf(invocation, id, query);
}

function queryClose(payload: Uint8Array, invocation: Invocation): Uint8Array {
    const id = peer.QueryStateClose.deserializeBinary(payload).getId();
    invocation.queries.get(id)?.close();
    invocation.queries.delete(id);
    const response = new peer.QueryResponse();
    response.setId(id);
    return response.serializeBinary();
}

function open(invocation: Invocation, rows: Rows, limit = totalQueryLimit, bookmark?: () => string): Uint8Array {
    const id = randomUUID();
    const query = new OpenQuery(id, rows, limit, bookmark);
    invocation.queries.set(id, query);
    return batchOf(invocation, id, query);
}

function batchOf(invocation: Invocation, id: string, query: OpenQuery): Uint8Array {
    const { response, ended } = query.nextBatch();
    if (ended) invocation.queries.delete(id);
    return response.serializeBinary();
}

function stateRows(namespace: string, iterator: StateIterator): Rows {
    return {
        next: () => {
            const row = iterator.next();
            if (row === undefined) return undefined;
            const message = new ledger.queryresult.KV();
            message.setNamespace(namespace);
            message.setKey(row.key);
            message.setValue(row.value);
            return message.serializeBinary();
        },
        close: () => iterator.close(),
    };
}

function encodeModification(modification: KeyModification): Uint8Array {
    const message = new ledger.queryresult.KeyModification();
    message.setTxId(modification.txId);
    message.setValue(modification.value);
    message.setIsDelete(modification.isDelete);
    const timestamp = new Timestamp();
    timestamp.setSeconds(modification.timestamp.seconds);
    timestamp.setNanos(modification.timestamp.nanos);
    message.setTimestamp(timestamp);
    return message.serializeBinary();
}

function mustNotInitialise(invocation: Invocation): void {
    if (invocation.isInit) throw new Error('private data APIs are not allowed in chaincode Init()');
}
