import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { mustBeOf, readMapping, withFields } from '../importer/mapping';
import { pair } from './words';

import type { AssetClass } from '@poolproof/chaincode/domain';
import type { Command } from 'commander';
import type { Mapping } from '../importer/mapping';

/** Mappings that come with the package. */
const mappings = join(__dirname, '../../mappings');

/** How a file is to be read, as the options say. */
export interface FileOptions {
    readonly mapping?: string;
    readonly column?: Readonly<Record<string, string>>;
    readonly set?: Readonly<Record<string, string>>;
}

/** Adds the options that say what a file calls its columns. */
export function withFileOptions(command: Command): Command {
    return command
        .option(
            '--mapping <file>',
            'mapping file (JSON), or the name of one that comes with it: esma-automobile, esma-consumer',
        )
        .option('--column <field=column>', 'a column that is named otherwise; may be given again', pair)
        .option('--set <field=value>', 'a value that every record has; may be given again', pair);
}

/** The mapping that the options make up. @throws ImportError */
export async function mappingFrom(
    { mapping, column = {}, set = {} }: FileOptions,
    assetClass: AssetClass,
): Promise<Mapping | undefined> {
    if (mapping === undefined && Object.keys({ ...column, ...set }).length === 0) return undefined;
    const named = mapping === undefined ? undefined : await readMapping(pathOf(mapping), assetClass);
    const whole = withFields(named, column, set);
    mustBeOf(assetClass, whole, '--column, --set');
    return whole;
}

function pathOf(name: string): string {
    const shipped = join(mappings, `${name}.json`);
    return !existsSync(name) && existsSync(shipped) ? shipped : name;
}
