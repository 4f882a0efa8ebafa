#!/usr/bin/env node
import { exitCodeOf, explanationOf } from './exit-code';
import { newProgram } from './program';

newProgram()
    .parseAsync()
    .catch((error: unknown) => {
        process.stderr.write(explanationOf(error));
        process.exitCode = exitCodeOf(error);
    });
