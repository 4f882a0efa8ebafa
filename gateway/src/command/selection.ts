import { list, pair } from './words';
import { withPurpose } from './desk';

import type { Command } from 'commander';
import type { Selection } from '../export';

/** Adds the options that say what of the loans is wanted, and where it is to be written. */
export function withSelection(command: Command): Command {
    return withPurpose(command)
        .option('--fields <names>', 'fields wanted, separated by commas; all unless stated')
        .option('--where <field=value>', 'only records with this value; may be given again', pair)
        .option('--out <file>', 'write there, for yourself alone to read');
}

/** What those options say. */
export function selectionOf(options: object): Selection & { readonly out?: string } {
    const { fields, where, out } = options as { fields?: string; where?: Record<string, string>; out?: string };
    return {
        ...(fields === undefined ? {} : { fields: list(fields) }),
        ...(where && { where }),
        ...(out === undefined ? {} : { out }),
    };
}
