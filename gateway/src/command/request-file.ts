import { readJsonFile } from '../json-file';

import type { Draft, Reader } from '../client/ledger';

/** The content of a JSON file, checked by the contract's own reader; a place refused is a place in the file. */
export function fromFile<T>(path: string, reader: Reader<T>): T {
    return reader(readJsonFile(path), path);
}

/** Reads a request that may leave its id out. */
export function draftOf<T extends { readonly requestId: string }>(reader: Reader<T>): Reader<Draft<T>> {
    return (value, at) => {
        if (typeof value !== 'object' || value === null || 'requestId' in value) return reader(value, at);
        const { requestId: _toBeNamed, ...draft } = reader({ ...value, requestId: 'draft' }, at);
        return draft;
    };
}
