#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConsortium } from '../../consortium';
import type { FabricStatus } from '../fabric';
import type { TransactionTrace } from '../trace/transaction-trace';
import { askNetwork, isUp } from './control-socket';
import type { ServeOptions } from './serve';
import { exampleConsortium, serve } from './serve';
import { writeDesks } from './desks';
import { formatStatus, formatTrace } from './show';

const usage = `Usage: poolproof-network COMMAND [options]

  up                    start an embedded network in the background (--foreground to stay)
  down                  stop it
  status                peers, their addresses and heights
  desks                 write identities and profiles for the command line poolproof
  trace TXID            everything known of one transaction
  snapshot NAME         remember the state of the whole network
  revert NAME           go back to it
  snapshots             names of the snapshots taken
  dump FILE, load FILE  write and read the ledgers of the whole network
  cut                   make a block of the transactions that wait (--cutting manual)
  reload CHAINCODE      run the code its folder holds now
  logs                  what chaincode has logged

Options
  --folder DIR          where the network is kept (default .poolproof/embedded)
  --consortium FILE     the institutions (default the example consortium)
  --chaincode DIR       package of the chaincode (default @poolproof/chaincode)
  --collections FILE    its collections, as the peer command takes them (default from the consortium's roles)
  --port NUMBER         port of the first peer, the others follow (default 7051)
  --cutting WHEN        instant, interval or manual (default instant)
  --watch               run changed chaincode by itself, as often as its compiled files change
`;

async function main(words: readonly string[]): Promise<void> {
    const { values, positionals } = parseArgs({
        args: [...words],
        allowPositionals: true,
        options: {
            folder: { type: 'string', default: join('.poolproof', 'embedded') },
            consortium: { type: 'string' },
            chaincode: { type: 'string' },
            collections: { type: 'string' },
            port: { type: 'string', default: '7051' },
            cutting: { type: 'string', default: 'instant' },
            watch: { type: 'boolean', default: false },
            foreground: { type: 'boolean', default: false },
            help: { type: 'boolean', default: false },
        },
    });
    const [command, argument] = positionals;
    if (command === undefined || values.help) return say(usage);
    const options: ServeOptions = { ...values, folder: resolve(values.folder) };
    if (command === 'up') return up(options, words);
    if (command === 'logs') return logs(options.folder);
    if (command === 'desks') return desks(options);
    say(await run(options.folder, command, argument));
}

/** Commands that a running network answers. */
async function run(folder: string, command: string, argument: string | undefined): Promise<string> {
    const needed = (): string => argument ?? fail(`${command} needs an argument`);
    switch (command) {
        case 'down':
            await askNetwork(folder, 'down');
            return 'The network is down.\n';
        case 'status':
            return formatStatus(await askNetwork<FabricStatus>(folder, 'status'));
        case 'trace':
            return formatTrace(await askNetwork<TransactionTrace>(folder, 'trace', needed()));
        case 'snapshot':
        case 'revert':
        case 'reload':
            await askNetwork(folder, command, needed());
            return `${command} ${argument}: done\n`;
        case 'dump':
        case 'load':
            await askNetwork(folder, command, resolve(needed()));
            return `${command} ${argument}: done\n`;
        case 'snapshots':
            return `${(await askNetwork<readonly string[]>(folder, 'snapshots')).join('\n')}\n`;
        case 'cut':
            return `block ${(await askNetwork<number | undefined>(folder, 'cutBlock')) ?? 'not cut: nothing waits'}\n`;
        default:
            return fail(`unknown command "${command}"\n\n${usage}`);
    }
}

async function up(options: ServeOptions, words: readonly string[]): Promise<void> {
    const { folder } = options;
    if (await isUp(folder)) return fail(`the network in ${folder} is up already`);
    if (options.foreground) {
        await serve(options);
        return say(formatStatus(await askNetwork<FabricStatus>(folder, 'status')));
    }
    mkdirSync(folder, { recursive: true });
    const output = join(folder, 'network.log');
    rmSync(output, { force: true });
    const log = openSync(output, 'a');
    const child = spawn(process.execPath, [__filename, ...words, '--foreground'], {
        detached: true,
        stdio: ['ignore', log, log],
    });
    child.unref();
    const ended = new Promise<boolean>(done => child.once('exit', () => done(true)));
    while (!(await isUp(folder))) {
        const pause = new Promise<boolean>(done => setTimeout(() => done(false), 100));
        if (await Promise.race([ended, pause])) return fail(readFileSync(output, 'utf8'));
    }
    say(formatStatus(await askNetwork<FabricStatus>(folder, 'status')));
    say(`Certificates are in ${join(folder, 'organizations')}, chaincode logs in ${join(folder, 'chaincode.log')}.\n`);
}

async function desks({ folder, consortium }: ServeOptions): Promise<void> {
    const written = await writeDesks(folder, readConsortium(consortium ?? exampleConsortium));
    say(`Desks are in ${written}: copy or name its poolproof.json, then poolproof --as INSTITUTION.\n`);
}

function logs(folder: string): void {
    const file = join(folder, 'chaincode.log');
    say(existsSync(file) ? readFileSync(file, 'utf8') : 'Nothing has been logged.\n');
}

function say(text: string): void {
    process.stdout.write(text);
}

function fail(problem: string): never {
    throw new Error(problem);
}

main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${(error as Error).message.trimEnd()}\n`);
    process.exitCode = 1;
});
