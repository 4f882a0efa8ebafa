import { pair } from './words';

import type { Command } from 'commander';

type Pairs = Readonly<Record<string, string>>;

/** Adds the options that state what the loans do not tell. */
export function withFacts(command: Command): Command {
    return command
        .option('--fixing <index=rate>', 'an index as it was fixed; may be given again', pair)
        .option(
            '--extra <fact=value>',
            'a fact that the terms ask for besides, amounts in minor units; may be given again',
            pair,
        );
}

/** What those options state. */
export function factsOf(options: object): {
    fixings?: Pairs;
    extra?: Readonly<Record<string, boolean | number | string>>;
} {
    const { fixing, extra } = options as { readonly fixing?: Pairs; readonly extra?: Pairs };
    const values = Object.entries(extra ?? {}).map(([name, text]) => [name, valueOf(text)] as const);
    return { ...(fixing && { fixings: fixing }), ...(extra && { extra: Object.fromEntries(values) }) };
}

function valueOf(text: string): boolean | number | string {
    if (text === 'true' || text === 'false') return text === 'true';
    return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}
