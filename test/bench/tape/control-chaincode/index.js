/* eslint-disable @typescript-eslint/no-require-imports -- a chaincode package as many are written */
'use strict';

const { createHmac } = require('node:crypto');
const { Contract } = require('fabric-contract-api');
const { contracts } = require('@poolproof/chaincode');

const tape = 'tape_bank-a_trust';
const registry = 'pledges';
const registryKey = 'of the benchmark';

/** One key per loan, and one per pledged asset, in the very collections that Poolproof uses. */
class Control extends Contract {
    constructor() {
        super('control');
    }

    async record(ctx) {
        for (const loan of input(ctx))
            await ctx.stub.putPrivateData(tape, `control-${loan.assetNumber}`, Buffer.from(JSON.stringify(loan)));
    }

    async pledge(ctx) {
        for (const number of input(ctx)) {
            const loan = JSON.parse((await ctx.stub.getPrivateData(tape, `control-${number}`)).toString());
            const identity = JSON.stringify([loan.assetNumber, loan.originatorName]);
            const fingerprint = createHmac('sha256', registryKey).update(identity).digest('hex');
            if ((await ctx.stub.getPrivateData(registry, fingerprint)).length > 0) throw new Error('ALREADY_PLEDGED');
            await ctx.stub.putPrivateData(registry, fingerprint, Buffer.from('control'));
        }
    }
}

function input(ctx) {
    return JSON.parse(Buffer.from(ctx.stub.getTransient().get('input')).toString());
}

module.exports.contracts = [...contracts, Control];
