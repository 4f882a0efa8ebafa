/** Tests run compiled: `npm run build` first, as `npm test` does. */
module.exports = {
    testMatch: ['<rootDir>/test/dist/**/*.test.js'],
    modulePathIgnorePatterns: ['<rootDir>/\\.poolproof/'],
    transform: {},
    testTimeout: 60_000,
    reporters: ['default', '<rootDir>/test/dist/count-reporter.js'],
};
