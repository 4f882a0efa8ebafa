import { spawnSync } from 'node:child_process';
import type * as fs from 'node:fs';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * What the docker command answers: the first row whose beginning fits what it is asked, leaving out the environment it
 * passes on. Others succeed in silence.
 */
export type Script = readonly {
    readonly asked: string;
    /** How often the row answers before the next that fits does. Absent: always. */
    readonly times?: number;
    readonly prints?: string;
    readonly complains?: string;
    readonly exits?: number;
}[];

/** A machine on which docker answers as scripted; without a script there is no docker at all. */
export class ScriptedDocker {
    private readonly folder = mkdtempSync(join(tmpdir(), 'scripted docker '));

    constructor(script?: Script) {
        mkdirSync(join(this.folder, 'bin'));
        if (script === undefined) return;
        const command = join(this.folder, 'bin', 'docker');
        writeFileSync(
            command,
            `#!${process.execPath}\n(${answer.toString()})(${JSON.stringify(script)}, require('node:fs'));\n`,
        );
        chmodSync(command, 0o755);
    }

    /** Run a command of the docker network there, on ports of its own. Gives its exit code and what it complained of. */
    network(firstPort: number, ...words: readonly string[]): { readonly code: number; readonly complaint: string } {
        const main = resolve('network/dist/docker/main.js');
        const consortium = resolve('network/consortium.json');
        const ran = spawnSync(process.execPath, [main, ...words, '--consortium', consortium], {
            cwd: this.folder,
            env: { PATH: join(this.folder, 'bin'), POOLPROOF_PORT: String(firstPort) },
            encoding: 'utf8',
        });
        return { code: ran.status ?? 1, complaint: ran.stderr };
    }

    remove(): void {
        rmSync(this.folder, { recursive: true });
    }
}

/** Runs in the scripted command's own process. */
function answer(script: Script, { appendFileSync, existsSync, statSync }: typeof fs): void {
    const asked = process.argv
        .slice(2)
        .join(' ')
        .replace(/--env \S+ /g, '');
    const tally = (index: number): string => `${process.argv[1]}.${index}`;
    const answered = (index: number): number => (existsSync(tally(index)) ? statSync(tally(index)).size : 0);
    const chosen = script.findIndex(
        ({ asked: beginning, times = Infinity }, index) => asked.startsWith(beginning) && answered(index) < times,
    );
    if (chosen >= 0) appendFileSync(tally(chosen), '.');
    const row = script[chosen];
    process.stdout.write(row?.prints ?? '');
    process.stderr.write(row?.complains ?? '');
    process.exitCode = row?.exits ?? 0;
}
