#!/usr/bin/env node
import { exitCodeOf, explanationOf } from './exit-code';
import { newProgram } from './program';

import type { DeskOptions } from './desk';

// Whoever reads the output may have seen enough. Where it cannot be written, what the command has done stands all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`what the command answers cannot be written: ${error.message}\n`);
    process.exit(1);
});

const program = newProgram();
program.parseAsync().catch((error: unknown) => {
    process.stderr.write(explanationOf(error, program.opts<DeskOptions>()));
    process.exitCode = exitCodeOf(error);
});
