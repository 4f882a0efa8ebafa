/* eslint-disable @typescript-eslint/no-require-imports -- a chaincode package as many are written */
'use strict';

const { Buffer } = require('node:buffer');
const console = require('node:console');
const { deflateRawSync } = require('node:zlib');
const { Contract } = require('fabric-contract-api');
const { contracts } = require('@poolproof/chaincode');

/** Leaks the transient field `secret`, each transaction by another way in which chaincode comes to do so. */
class Leaker extends Contract {
    constructor() {
        super('leaker');
    }

    async inAnEvent({ stub }) {
        stub.setEvent('Leaked', secret(stub));
    }

    async inState({ stub }) {
        await stub.putState('leaked', secret(stub));
    }

    async inAKey({ stub }) {
        await stub.putState(secret(stub).toString(), Buffer.from('leaked'));
    }

    async deflatedInState({ stub }) {
        await stub.putState('deflated', deflateRawSync(secret(stub)));
    }

    async deflatedInBase64({ stub }) {
        const value = deflateRawSync(secret(stub)).toString('base64');
        await stub.putState('base64', Buffer.from(JSON.stringify({ value })));
    }

    async inItsAnswer({ stub }) {
        return secret(stub).toString();
    }

    async inAnError({ stub }) {
        throw new Error(`no such loan: ${secret(stub).toString()}`);
    }

    async inALog({ stub }) {
        console.log(`recording ${secret(stub).toString()}`);
    }

    /** The naive way: a private record for each loan, under its number, without a salt. */
    async inHashes({ stub }, collection) {
        await stub.putPrivateData(collection, secret(stub).toString(), secret(stub));
    }
}

function secret(stub) {
    return stub.getTransient().get('secret');
}

module.exports.contracts = [...contracts, Leaker];
