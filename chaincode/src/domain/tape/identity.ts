import { sha256 } from '../hash';
import { utf8 } from '../bytes';

import type { AssetClass } from './asset-class';
import type { Cell } from './field';

/**
 * The bytes that identify an asset wherever it is offered: its scheme and identity fields, in upper case and without spaces, so that
 * no way of writing a number hides an asset that is pledged already.
 */
export function identityOf(assetClass: AssetClass, values: readonly Cell[]): Uint8Array {
    return utf8(JSON.stringify([assetClass.identity.scheme, ...values.map(normal)]));
}

/**
 * Where an asset stands in a tape and in the pledge registry: the plain SHA-256 of its identity. A tape in this order touches
 * few buckets of the registry with each chunk, and shows a duplicate at once.
 */
export function orderOf(identity: Uint8Array): Uint8Array {
    return sha256(identity);
}

function normal(value: Cell): string {
    return String(value).toUpperCase().replace(/\s+/g, '');
}
