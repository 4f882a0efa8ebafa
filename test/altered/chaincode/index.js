/* eslint-disable @typescript-eslint/no-require-imports -- a chaincode package as many are written */
'use strict';

const { Contract } = require('fabric-contract-api');
const { contracts } = require('@poolproof/chaincode');

/** Institutions that run it altered: all but the trust company. How many endorse is up to each test. */
const forgers = ['BankAMSP', 'BankBMSP', 'FundMSP', 'RegulatorMSP'];

/** What altered chaincode can do: write any key, public or private. The trust company's peer runs the agreed chaincode. */
class Forger extends Contract {
    constructor() {
        super('forger');
    }

    async beforeTransaction(context) {
        if (!forgers.includes(context.stub.getMspID())) throw new Error('this peer runs the agreed chaincode');
    }

    async write(context) {
        const { stub } = context;
        await stub.putState(text(stub, 'key'), stub.getTransient().get('value'));
    }

    async unprotect(context) {
        const { stub } = context;
        await stub.setStateValidationParameter(text(stub, 'key'), stub.getTransient().get('value'));
    }

    async writePrivate(context, collection) {
        const { stub } = context;
        await stub.putPrivateData(collection, text(stub, 'key'), stub.getTransient().get('value'));
    }

    async erasePrivate(context, collection) {
        await context.stub.deletePrivateData(collection, text(context.stub, 'key'));
    }

    /** Keys of a noun's records. */
    async keys(context, noun) {
        return keysOf(context.stub.getStateByPartialCompositeKey(noun, []));
    }

    async privateKeys(context, collection, noun) {
        return keysOf(context.stub.getPrivateDataByPartialCompositeKey(collection, noun, []));
    }
}

function text(stub, name) {
    return stub.getTransient().get(name).toString();
}

async function keysOf(rows) {
    const keys = [];
    for await (const { key } of rows) keys.push(key);
    return JSON.stringify(keys);
}

module.exports.contracts = [...contracts, Forger];
