import { sha256 } from '../hash';
import { utf8 } from '../bytes';

import type { AssetClass } from './asset-class';
import type { Cell } from './field';

/**
 * The bytes that identify an asset wherever it is offered: its scheme and identity fields, in upper case, without spaces and without
 * what cannot be seen, and letters that look alike as one, so that nothing which reads the same hides an asset that is pledged already.
 * Punctuation counts: 1-23 and 12-3 are two numbers.
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
    const text = String(value);
    if (/^[\x20-\x7e]*$/.test(text)) return text.toUpperCase().replaceAll(' ', '');
    const seen = text
        .normalize('NFKD')
        .replace(unseen, '')
        .toUpperCase()
        .replace(/\p{Pd}/gu, '-');
    return Array.from(seen, letter => lookalikes.get(letter) ?? letter).join('');
}

/** Spaces, accents, control and format characters, fillers that show as nothing, and what stands for bytes that are no text. */
const unseen = /[\s\p{M}\p{Cc}\p{Cf}\p{Co}\ufffd]|\u115f|\u1160/gu;

/** Capitals of other alphabets by the Latin ones that they cannot be told from (Unicode Technical Standard 39, confusables). */
const lookalikes = new Map(
    Object.entries({
        A: '\u0391\u0410',
        B: '\u0392\u0412',
        C: '\u03f9\u0421',
        E: '\u0395\u0415',
        H: '\u0397\u041d',
        I: '\u0399\u0406\u04c0',
        J: '\u037f\u0408',
        K: '\u039a\u041a',
        M: '\u039c\u041c',
        N: '\u039d',
        O: '\u039f\u041e',
        P: '\u03a1\u0420',
        Q: '\u051a',
        S: '\u0405',
        T: '\u03a4\u0422',
        W: '\u051c',
        X: '\u03a7\u0425',
        Y: '\u03a5\u0423\u04ae',
        Z: '\u0396',
        '-': '\u2212',
    }).flatMap(([latin, others]) => Array.from(others, other => [other, latin] as const)),
);
