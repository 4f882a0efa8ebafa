#!/usr/bin/env node
import { exitCodeOf, explanationOf } from './exit-code';
import { newProgram } from './program';

import type { DeskOptions } from './desk';

// Whoever reads the output may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
});

const program = newProgram();
program.parseAsync().catch((error: unknown) => {
    process.stderr.write(explanationOf(error, program.opts<DeskOptions>()));
    process.exitCode = exitCodeOf(error);
});
