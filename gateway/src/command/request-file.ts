import { readJsonFile } from '../json-file';

import type { Reader } from '../client/ledger';

/** The content of a JSON file, checked by the contract's own reader; a place refused is a place in the file. */
export function fromFile<T>(path: string, reader: Reader<T>): T {
    return reader(readJsonFile(path), path);
}
