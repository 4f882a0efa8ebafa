import { canonical } from '@poolproof/chaincode/domain';
import { Command } from 'commander';
import { randomBytes } from 'node:crypto';

import { atDesk, withPurpose } from './desk';
import { proveLoans } from '../proving';
import { whole } from './words';
import { writeLines } from './lines';
import { InputError } from '../input-error';

import type { Connection } from '../connection';
import type { ProofRequest } from '../proving';

interface ProveOptions {
    readonly sample?: string;
    readonly seed?: string;
    readonly period?: string;
    readonly addition?: string;
    readonly version: string;
    readonly out?: string;
}

export function proveCommand(): Command {
    const prove = new Command('prove')
        .description('originator, trustee, regulator: prove loans, from your own peer, to whoever is to be shown them')
        .argument('<deal>')
        .argument('[loans...]', "the servicer's numbers of the loans")
        .option('--sample <count>', 'so many loans drawn at random instead')
        .option('--seed <text>', 'seed of the sample: the same draws the same loans; a random one unless stated')
        .option('--period <number>', 'a month of the loans instead of the tape')
        .option('--addition <number>', 'loans added to the pool since, instead of the tape')
        .option('--version <number>', "version of the month's report", '1')
        .option('--out <file>', 'write the proofs there, for yourself alone to read');
    return withPurpose(prove)
        .addHelpText(
            'after',
            '\nExamples:\n  poolproof --as bank-a prove auto-2026-1 90000017 --out loan.json\n' +
                '  poolproof --as trust prove auto-2026-1 --sample 25 --seed 2026-11-audit --period 3 > sample.json\n' +
                '  poolproof verify loan.json --root <root of the tape>',
        )
        .action(
            atDesk((connection, [dealId = '', ...loans], options) =>
                proveAll(connection, dealId, loans, options as unknown as ProveOptions),
            ),
        );
}

async function proveAll(connection: Connection, dealId: string, loans: readonly string[], options: ProveOptions) {
    const { addition, period, sample, seed = randomBytes(8).toString('hex'), version, out } = options;
    if ((loans.length === 0) === (sample === undefined)) throw new InputError('either numbers of loans or --sample');
    const wanted = sample === undefined ? loans : { sample: whole(sample, '--sample'), seed };
    const report = { period: whole(period ?? '0', '--period'), version: whole(version, '--version') };
    if (addition !== undefined && period !== undefined) throw new InputError('either --addition or --period');
    const of = addition === undefined ? {} : { addition: whole(addition, '--addition') };
    const request: ProofRequest = { dealId, loans: wanted, ...of, ...(period === undefined ? {} : { report }) };
    const proofs = await proveLoans(connection, request);
    if (sample !== undefined) process.stderr.write(`${proofs.proofs.length} loans drawn with seed ${seed}\n`);
    await writeLines(oneLine(canonical(proofs)), out);
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* oneLine(text: string): AsyncGenerator<string> {
    yield text;
}
