/* eslint-disable @typescript-eslint/no-require-imports -- jest reads its configuration as CommonJS */
/** The stories and whatever else needs real Fabric, on docker: brought up for them, unless it is up already. */
process.env['POOLPROOF_NETWORK'] = 'docker';

// A transaction takes ten times as long as on the embedded network. `npm run test:faults` runs all rounds.
process.env['POOLPROOF_ROUNDS'] ??= '40';

module.exports = {
    ...require('../jest.config.js'),
    rootDir: '..',
    testMatch: ['altered', 'differential', 'docker', 'stories'].map(area => `<rootDir>/test/dist/${area}/**/*.test.js`),
    globalSetup: '<rootDir>/test/dist/docker/global-setup.js',
    globalTeardown: '<rootDir>/test/dist/docker/global-teardown.js',
    // One network, two cores: one file after the other.
    maxWorkers: 1,
    testTimeout: 180_000,
};
