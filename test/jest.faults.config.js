/* eslint-disable @typescript-eslint/no-require-imports -- jest reads its configuration as CommonJS */
/** A thousand seeded rounds of each kind of trouble between client and network: `npm run test:faults`, POOLPROOF_NETWORK=docker for real Fabric. */
process.env['POOLPROOF_ROUNDS'] ??= '1000';

module.exports = {
    ...require('../jest.config.js'),
    rootDir: '..',
    testMatch: ['<rootDir>/test/dist/stories/{fault,single-fault}.test.js'],
    testTimeout: 180_000,
};
