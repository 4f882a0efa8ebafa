import { assetClassOf, formatCell } from '@poolproof/chaincode/domain';
import { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';

import { asJson, asText } from './print';
import { fromFile } from './request-file';
import { Negative } from './negative';
import { withDesk } from './desk';
import { proofsReader, verifyLoans } from '../proving';
import { InputError } from '../input-error';

import type { Connection } from '../connection';
import type { DeskOptions } from './desk';
import type { Proofs, Verdict } from '../proving';

interface VerifyOptions extends DeskOptions {
    readonly root?: string;
    readonly show?: boolean;
}

export function verifyCommand(): Command {
    return new Command('verify')
        .description('anyone: check proofs against the public root, without asking anybody but for the root')
        .argument('<file>', 'proofs, as prove writes them')
        .option(
            '--root <root>',
            'the public root (64 hexadecimal digits), or a file with it; else it is asked of the ledger',
        )
        .option('--show', 'print the records that are proved')
        .addHelpText(
            'after',
            '\nExamples:\n  poolproof verify loan.json --root 2f1c...9e\n' +
                '  poolproof --as fund --json tape read auto-2026-1 > tape.json && poolproof verify loan.json --root tape.json\n' +
                '  poolproof --as fund verify loan.json\n\nExits with 0 where every proof holds, else with 9.',
        )
        .action(async (file: string, _options: object, command: Command) => {
            const options: VerifyOptions = command.optsWithGlobals();
            const proofs = fromFile(file, proofsReader);
            const root =
                options.root === undefined ? await askedRoot(proofs, options) : givenRoot(options.root, proofs);
            const verdicts = verifyLoans(proofs, root);
            process.stdout.write(
                options.json ? asJson({ root, verdicts }) : verdictText(proofs, root, verdicts, options),
            );
            const failed = verdicts.filter(({ proved }) => !proved).length;
            if (failed > 0 || verdicts.length === 0)
                throw new Negative(`no: ${failed} of ${verdicts.length} proofs do not hold`);
        });
}

function verdictText(proofs: Proofs, root: string, verdicts: readonly Verdict[], { show }: VerifyOptions): string {
    const rows = verdicts.map(({ loan, proved, problem }) => ({ loan, proved: proved ? 'yes' : 'NO', problem }));
    const of = sourceText(proofs);
    const proved = verdicts.filter(each => each.proved).length;
    const records = show ? verdicts.map((verdict, i) => recordText(verdict, proofs, i)).join('') : '';
    return `${asText(rows)}\n${proved} of ${verdicts.length} stand under the root ${root}, said to be that of ${of} of deal ${proofs.dealId}\n${records}`;
}

function sourceText({ addition, period, version = 1 }: Proofs): string {
    if (addition !== undefined) return `addition ${addition}`;
    return period === undefined ? 'the tape' : `period ${period}, version ${version}`;
}

function recordText({ record }: Verdict, { currency, proofs }: Proofs, i: number): string {
    const proof = proofs[i]?.proof;
    if (!record || !proof) return '';
    const { fields } = assetClassOf(proof.assetClass)[proof.kind];
    const shown = fields.map(field => [field.name, formatCell(field, record[field.name] ?? null, currency)] as const);
    return `\n${asText(Object.fromEntries(shown.filter(([, text]) => text !== '')))}`;
}

/** From the public record, by a connection. */
async function askedRoot(proofs: Proofs, options: VerifyOptions): Promise<string> {
    let root = '';
    try {
        await withDesk(options, async connection => {
            root = await rootOn(connection, proofs);
        });
    } catch (error) {
        if (error instanceof InputError)
            throw new InputError(`${error.message}; no connection is needed where --root gives the root`);
        throw error;
    }
    return root;
}

async function rootOn(connection: Connection, { addition, dealId, period, version = 1 }: Proofs): Promise<string> {
    if (addition !== undefined) {
        const added = (await connection.additions.list(dealId)).find(({ number }) => number === addition);
        return rootIn(added ?? {}, undefined, `addition ${addition}`);
    }
    if (period === undefined) return rootIn(await connection.tapes.read(dealId), undefined, 'the tape');
    return rootIn(await connection.reports.read(dealId, period), version, 'the report');
}

function givenRoot(given: string, { version = 1 }: Proofs): string {
    if (/^[0-9a-f]{64}$/i.test(given)) return given.toLowerCase();
    if (!existsSync(given)) throw new InputError(`${given}: neither a root of 64 hexadecimal digits nor a file`);
    const text = readFileSync(given, 'utf8').trim();
    return /^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : rootIn(JSON.parse(text), version, given);
}

/** The root in a public record of a tape, or of a period: there, of a version. */
function rootIn(record: unknown, version: number | undefined, at: string): string {
    const { root, versions } = record as {
        readonly root?: unknown;
        readonly versions?: readonly { readonly version: number; readonly root: string }[];
    };
    const found = versions?.find(each => each.version === version)?.root ?? root;
    if (typeof found !== 'string') throw new InputError(`${at} has no root`);
    return found;
}
