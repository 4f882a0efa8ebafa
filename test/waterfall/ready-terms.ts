import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parseTerms } from '@poolproof/chaincode/domain';

import type { Terms } from '@poolproof/chaincode/domain';

const schemaPath = require.resolve('@poolproof/chaincode/terms/terms.schema.json');

/** The library of ready terms, by file name without its ending. */
export const readyTerms: readonly string[] = readdirSync(dirname(schemaPath))
    .filter(name => name.endsWith('.json') && name !== 'terms.schema.json')
    .map(name => name.slice(0, -'.json'.length))
    .sort();

export function schemaDocument(): object {
    return JSON.parse(readFileSync(schemaPath, 'utf8')) as object;
}

/** The document of ready terms, fresh at every call so that tests may change it. */
export function termsDocument(name: string): Record<string, unknown> {
    return JSON.parse(readFileSync(join(dirname(schemaPath), `${name}.json`), 'utf8')) as Record<string, unknown>;
}

export function termsNamed(name: string): Terms {
    return parseTerms(termsDocument(name));
}
