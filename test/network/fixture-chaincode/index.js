/* eslint-disable @typescript-eslint/no-require-imports -- a chaincode package as many are written */
'use strict';

const { Contract } = require('fabric-contract-api');
const { KeyEndorsementPolicy } = require('fabric-shim');

/** One transaction a state call, so that tests can compose what they need. */
class Fixture extends Contract {
    async put(ctx, key, value) {
        await ctx.stub.putState(key, Buffer.from(value));
    }

    async get(ctx, key) {
        return text(await ctx.stub.getState(key));
    }

    async putAndGet(ctx, key, value) {
        await ctx.stub.putState(key, Buffer.from(value));
        return text(await ctx.stub.getState(key));
    }

    async increment(ctx, key) {
        const next = Number(text(await ctx.stub.getState(key)) || '0') + 1;
        await ctx.stub.putState(key, Buffer.from(String(next)));
        return String(next);
    }

    async putMany(ctx, prefix, count) {
        for (let index = 0; index < Number(count); index += 1) {
            await ctx.stub.putState(`${prefix}${String(index).padStart(4, '0')}`, Buffer.from(String(index)));
        }
    }

    async remove(ctx, key) {
        await ctx.stub.deleteState(key);
    }

    async range(ctx, start, end) {
        const keys = [];
        for await (const { key } of ctx.stub.getStateByRange(start, end)) keys.push(key);
        return JSON.stringify(keys);
    }

    async page(ctx, start, end, size, bookmark) {
        const { iterator, metadata } = await ctx.stub.getStateByRangeWithPagination(start, end, Number(size), bookmark);
        const keys = [];
        for (let step = await iterator.next(); !step.done; step = await iterator.next()) keys.push(step.value.key);
        return JSON.stringify({ keys, ...metadata });
    }

    async countRange(ctx, start, end, into) {
        let count = 0;
        for await (const _ of ctx.stub.getStateByRange(start, end)) count += 1;
        await ctx.stub.putState(into, Buffer.from(String(count)));
        return String(count);
    }

    async history(ctx, key) {
        const changes = [];
        for await (const change of ctx.stub.getHistoryForKey(key)) {
            changes.push({ txId: change.txId, value: text(change.value), isDelete: change.isDelete });
        }
        return JSON.stringify(changes);
    }

    async query(ctx, query) {
        return JSON.stringify(await ctx.stub.getQueryResult(query));
    }

    async putPrivate(ctx, collection, key) {
        const value = ctx.stub.getTransient().get('value');
        if (!value) throw new Error('no transient value');
        await ctx.stub.putPrivateData(collection, key, value);
    }

    async putBoth(ctx, key, collection, privateKey) {
        await ctx.stub.putState(key, Buffer.from('public'));
        await this.putPrivate(ctx, collection, privateKey);
    }

    async getPrivate(ctx, collection, key) {
        return text(await ctx.stub.getPrivateData(collection, key));
    }

    async copyPrivate(ctx, collection, from, to) {
        await ctx.stub.putPrivateData(collection, to, await ctx.stub.getPrivateData(collection, from));
    }

    async hashPrivate(ctx, collection, key) {
        return Buffer.from(await ctx.stub.getPrivateDataHash(collection, key)).toString('hex');
    }

    async purgePrivate(ctx, collection, key) {
        await ctx.stub.purgePrivateData(collection, key);
    }

    async protect(ctx, key, mspIds) {
        const policy = new KeyEndorsementPolicy();
        policy.addOrgs('PEER', ...JSON.parse(mspIds));
        await ctx.stub.setStateValidationParameter(key, policy.getPolicy());
    }

    async tell(ctx, name, payload) {
        ctx.stub.setEvent(name, Buffer.from(payload));
        await ctx.stub.putState(`told-${name}`, Buffer.from(payload));
    }

    async whoami(ctx) {
        return JSON.stringify({
            mspId: ctx.clientIdentity.getMSPID(),
            role: ctx.clientIdentity.getAttributeValue('poolproof.role'),
            peer: ctx.stub.getMspID(),
        });
    }

    async perPeer(ctx, key) {
        await ctx.stub.putState(key, Buffer.from(ctx.stub.getMspID()));
    }

    async fail(ctx, message) {
        console.log('about to fail');
        throw new Error(message);
    }

    async hang() {
        return new Promise(() => undefined);
    }

    async crash() {
        process.exit(3);
    }

    async call(ctx, chaincode, args) {
        const response = await ctx.stub.invokeChaincode(chaincode, JSON.parse(args), '');
        return `${response.status} ${text(response.payload)}`;
    }

    async setting(ctx, name) {
        return process.env[name] ?? '';
    }
}

function text(bytes) {
    return Buffer.from(bytes).toString();
}

module.exports.contracts = [Fixture];
