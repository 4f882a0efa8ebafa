/* eslint-disable @typescript-eslint/no-require-imports -- a chaincode package as many are written */
'use strict';

const { Contract } = require('fabric-contract-api');
const { KeyEndorsementPolicy } = require('fabric-shim');

/** Every call of the stub, by a short name. Each gives what the call gave, as text or a list of texts. */
const calls = {
    put: (stub, key, value) => stub.putState(key, Buffer.from(value)),
    get: async (stub, key) => text(await stub.getState(key)),
    remove: (stub, key) => stub.deleteState(key),
    range: async (stub, start, end) => rows(await stub.getStateByRange(start, end)),
    rangeFirst: async (stub, start, end, count) => rows(await stub.getStateByRange(start, end), count),
    page: async (stub, start, end, size, bookmark) => {
        const { iterator, metadata } = await stub.getStateByRangeWithPagination(start, end, size, bookmark);
        return [...(await rows(iterator)), String(metadata.fetchedRecordsCount), metadata.bookmark];
    },
    putComposite: (stub, type, parts, value) => stub.putState(stub.createCompositeKey(type, parts), Buffer.from(value)),
    partial: async (stub, type, parts) => rows(await stub.getStateByPartialCompositeKey(type, parts)),
    history: async (stub, key) => {
        const changes = [];
        for await (const change of stub.getHistoryForKey(key)) {
            changes.push(`${change.txId} ${change.isDelete ? 'deleted' : text(change.value)}`);
        }
        return changes;
    },
    rich: async (stub, query) => rows(await stub.getQueryResult(query)),
    protect: (stub, key, mspIds) => stub.setStateValidationParameter(key, policyOf(mspIds)),
    protection: async (stub, key) => Buffer.from((await stub.getStateValidationParameter(key)) ?? '').toString('hex'),
    privatePut: (stub, collection, key, name) => stub.putPrivateData(collection, key, stub.getTransient().get(name)),
    privateGet: async (stub, collection, key) => text(await stub.getPrivateData(collection, key)),
    privateHash: async (stub, collection, key) =>
        Buffer.from((await stub.getPrivateDataHash(collection, key)) ?? '').toString('hex'),
    privateRemove: (stub, collection, key) => stub.deletePrivateData(collection, key),
    privatePurge: (stub, collection, key) => stub.purgePrivateData(collection, key),
    privateRange: async (stub, collection, start, end) =>
        rows(await stub.getPrivateDataByRange(collection, start, end)),
    privateProtect: (stub, collection, key, mspIds) =>
        stub.setPrivateDataValidationParameter(collection, key, policyOf(mspIds)),
    event: (stub, name, payload) => stub.setEvent(name, Buffer.from(payload)),
    call: async (stub, chaincode, args, channel) => {
        const { status, message, payload } = await stub.invokeChaincode(chaincode, args, channel);
        return `${status} ${message} ${text(payload)}`;
    },
    peer: stub => stub.getMspID(),
    creator: stub => stub.getCreator().mspid,
    fail: (_stub, message) => {
        throw new Refused(message);
    },
};

/** Ends the transaction; what a call throws is a result like any other. */
class Refused extends Error {}

class Script extends Contract {
    /** Do the steps, each `[call, ...arguments]`, one after another. Gives what each of them gave. */
    async run(context, steps) {
        const results = [];
        for (const [name, ...args] of JSON.parse(steps)) results.push(await outcome(name, context.stub, args));
        return JSON.stringify(results);
    }
}

async function outcome(name, stub, args) {
    try {
        return (await calls[name](stub, ...args)) ?? null;
    } catch (error) {
        if (error instanceof Refused) throw error;
        return { error: error.message };
    }
}

async function rows(iterator, count = Infinity) {
    const found = [];
    while (found.length < count) {
        const step = await iterator.next();
        if (step.value) found.push(`${step.value.key}=${text(step.value.value)}`);
        if (step.done) break;
    }
    await iterator.close();
    return found;
}

function policyOf(mspIds) {
    const policy = new KeyEndorsementPolicy();
    policy.addOrgs('PEER', ...mspIds);
    return policy.getPolicy();
}

function text(bytes) {
    return Buffer.from(bytes ?? '').toString();
}

module.exports.contracts = [Script];
