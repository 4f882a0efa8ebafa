import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { AggregatedResult, Config, Reporter } from '@jest/reporters';

/** Milliseconds that a run may take to close what its tests opened. */
const patience = 30_000;

/** Leaves the counts of a run in `test-results.json`, from which `.ci/run` prints its closing line. */
class CountReporter implements Pick<Reporter, 'onRunComplete'> {
    constructor(private readonly globalConfig: Config.GlobalConfig) {}

    onRunComplete(_contexts: unknown, results: AggregatedResult): void {
        const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
        const counts = { passed: results.numPassedTests, failed, skipped: results.numPendingTests };
        writeFileSync(join(this.globalConfig.rootDir, 'test-results.json'), `${JSON.stringify(counts)}\n`);
        setTimeout(abandon, patience).unref();
    }
}

/** Reached only while something is still open: a server of a test that failed half way would keep the run from ever ending. */
function abandon(): void {
    console.error(
        `Something that a test opened is still open ${patience / 1_000} s after the last test: the run is ended.`,
    );
    process.exit(1);
}

module.exports = CountReporter;
