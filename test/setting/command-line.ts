import { execFile } from 'node:child_process';

const program = require.resolve('@poolproof/gateway').replace(/index\.js$/, 'command/main.js');

/** What a command has printed, and its exit code. */
export interface Run {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** The command line `poolproof`, run in a folder as its user runs it. */
export function poolproofIn(folder: string): (...args: string[]) => Promise<Run> {
    return (...args) =>
        new Promise(resolve => {
            const child = execFile(process.execPath, [program, ...args], { cwd: folder }, (_error, stdout, stderr) =>
                resolve({ code: child.exitCode ?? -1, stdout, stderr }),
            );
        });
}
