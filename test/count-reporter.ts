import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AggregatedResult, Config, Reporter } from '@jest/reporters';

/** Leaves the counts of a run in `test-results.json`, from which `.ci/run` prints its closing line. */
class CountReporter implements Pick<Reporter, 'onRunComplete'> {
    constructor(private readonly globalConfig: Config.GlobalConfig) {}

    onRunComplete(_contexts: unknown, results: AggregatedResult): void {
        const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
        const counts = { passed: results.numPassedTests, failed, skipped: results.numPendingTests };
        writeFileSync(join(this.globalConfig.rootDir, 'test-results.json'), `${JSON.stringify(counts)}\n`);
    }
}

module.exports = CountReporter;
