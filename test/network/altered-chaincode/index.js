/* eslint-disable @typescript-eslint/no-require-imports -- a chaincode package as many are written */
'use strict';

const { contracts } = require('../fixture-chaincode');

/** Writes more than it was told to. */
class Fixture extends contracts[0] {
    async put(ctx, key, value) {
        await ctx.stub.putState(key, Buffer.from(`${value} and more`));
    }
}

module.exports.contracts = [Fixture];
