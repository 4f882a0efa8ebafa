import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import { down } from '@poolproof/network/dist/docker/down';
import { up } from '@poolproof/network/dist/docker/up';

import { balanceOfAll, writeMonth, writeTape } from './synthetic-loans';
import { consortium, controlFolder, NetworkProcess } from './network';
import { controlRates } from './control';
import { live, monthFile, tapeFile } from './life';

import type { Life, Pool } from './life';

/*
 * How fast a tape of real size goes through its life: `npm run bench:tape`, or `npm run bench:tape -- 1000000 --docker=100000` to bring
 * up a docker network as well and measure so many loans there, beside the way of one key per loan. Figures and what they mean: README.md
 * of the folder above.
 */

async function main(args: readonly string[]): Promise<void> {
    const loans = Number(args.find(arg => /^\d+$/.test(arg)) ?? 1_000_000);
    const docker = args.find(arg => arg.startsWith('--docker'));
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-bench-'));
    try {
        await embedded(folder, loans);
        if (docker !== undefined) await onDocker(folder, Number(docker.split('=')[1] ?? 100_000));
    } finally {
        rmSync(folder, { recursive: true });
    }
}

async function embedded(folder: string, loans: number): Promise<void> {
    const pool = await newPool(folder, loans);
    const network = await NetworkProcess.open('embedded');
    try {
        tell('embedded', loans, await live(network, pool));
        const used = await network.used();
        say(`most memory: client ${megabytes()} MB, network with its five institutions ${used?.megabytes} MB`);
    } finally {
        await network.close();
    }
}

async function onDocker(folder: string, loans: number): Promise<void> {
    const pool = await newPool(folder, loans);
    process.env['POOLPROOF_PORT'] ??= '27050';
    try {
        await up(consortium, { folder: controlFolder }, line => process.stderr.write(line));
        const network = await NetworkProcess.open('docker');
        try {
            await beside(network, pool);
        } finally {
            await network.close();
        }
    } finally {
        await down(consortium, line => process.stderr.write(line));
    }
}

async function beside(network: NetworkProcess, pool: Pool): Promise<void> {
    const life = await live(network, pool);
    tell('docker', pool.loans, life);
    for (const [batch, rate] of await controlRates(network.desks))
        say(
            `one key per loan, ${batch} a transaction: ${rounded(rate)} loans/s recorded and pledged; ` +
                `chunks are ${(life.tape / rate).toFixed(1)} times as fast`,
        );
}

function tell(network: string, loans: number, { tape, month, whole }: Life): void {
    say(
        `${network}: ${rounded(loans)} SYNTHETIC loans, ${rounded(tape)}/s recorded, pledged and sealed; ` +
            `${rounded(month)}/s a month and its report; ${rounded(whole)}/s all of it. ` +
            `Load of the machine: ${loadavg()
                .map(load => load.toFixed(1))
                .join(', ')}`,
    );
}

/** Written by a process of its own, whose memory does not count as the client's. */
async function newPool(folder: string, loans: number): Promise<Pool> {
    const child = fork(__filename, ['files', folder, String(loans)]);
    const code = await new Promise(done => child.once('exit', done));
    if (code !== 0) throw new Error('the files could not be written');
    return { folder, loans, balance: String(balanceOfAll(loans)) };
}

async function writeFiles(folder: string, loans: number): Promise<void> {
    await writeTape(join(folder, tapeFile), loans);
    await writeMonth(join(folder, monthFile), loans);
}

function megabytes(): number {
    return Math.round(process.resourceUsage().maxRSS / 1e3);
}

function rounded(value: number): string {
    return Math.round(value).toLocaleString('en-US');
}

function say(line: string): void {
    console.log(line);
}

const [command = '', folder = '', loans] = process.argv.slice(2);
void (command === 'files' ? writeFiles(folder, Number(loans)) : main(process.argv.slice(2)));
