#!/usr/bin/env node
import { exitCodeOf, explanationOf } from './exit-code';
import { newProgram } from './program';

// Whoever reads the output may have seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
});

newProgram()
    .parseAsync()
    .catch((error: unknown) => {
        process.stderr.write(explanationOf(error));
        process.exitCode = exitCodeOf(error);
    });
