/* eslint-disable @typescript-eslint/no-require-imports -- jest reads its configuration as CommonJS */
/** The stories and whatever else needs real Fabric, on the docker network that `npm run network:up` has brought up. */
process.env['POOLPROOF_NETWORK'] = 'docker';

// A transaction takes ten times as long as on the embedded network. `npm run test:faults` runs all rounds.
process.env['POOLPROOF_ROUNDS'] ??= '40';

module.exports = {
    ...require('../jest.config.js'),
    rootDir: '..',
    testMatch: ['altered', 'differential', 'docker', 'stories'].map(area => `<rootDir>/test/dist/${area}/**/*.test.js`),
    // One network, two cores: one file after the other.
    maxWorkers: 1,
    testTimeout: 180_000,
};
