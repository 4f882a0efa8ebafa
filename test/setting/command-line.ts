import { execFile } from 'node:child_process';

/** The command line `poolproof`, as a file to be run by Node. */
export const program = require.resolve('@poolproof/gateway').replace(/index\.js$/, 'command/main.js');

/** The variables of the process, but for those that name a desk of whoever runs the tests. */
export const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^POOLPROOF_(?!NETWORK|SEED)/.test(name)),
);

/** What a command has printed, and its exit code. */
export interface Run {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** The command line `poolproof`, run in a folder as its user runs it. */
export function poolproofIn(
    cwd: string,
    variables: Readonly<Record<string, string>> = {},
): (...args: string[]) => Promise<Run> {
    const env = { ...environment, ...variables };
    return (...args) =>
        new Promise(resolve => {
            const child = execFile(process.execPath, [program, ...args], { cwd, env }, (_error, stdout, stderr) =>
                resolve({ code: child.exitCode ?? -1, stdout, stderr }),
            );
        });
}
