import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { pair } from './words';

import type { Command } from 'commander';

/** A document that an act rests on, by its hash. */
export interface Evidence {
    readonly name: string;
    readonly sha256: string;
}

/** Adds the option that names documents; they stay where they are, and their hashes go on the ledger. */
export function withEvidence(command: Command): Command {
    return command.option(
        '--evidence <name=file>',
        'a document this rests on, of which name and SHA-256 go on record; may be given again',
        pair,
    );
}

/** The documents that the option names. */
export function evidenceOf(options: object): Evidence[] {
    const { evidence = {} } = options as { readonly evidence?: Readonly<Record<string, string>> };
    return Object.entries(evidence).map(([name, path]) => ({
        name,
        sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
    }));
}
