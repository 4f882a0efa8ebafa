/** Anything that can be written to the ledger or returned by a transaction. */
export type Canonical =
    | string
    | number
    | bigint
    | boolean
    | null
    | readonly Canonical[]
    | { readonly [key: string]: Canonical | undefined };

/**
 * The one encoding of state and of return values: JSON with keys sorted by code point, bigint as a decimal string and
 * absent properties left out, so that every peer writes the same bytes. Numbers must be safe integers: a fraction has no place
 * on the ledger (rates are strings or exact fractions).
 */
export function canonical(value: unknown): string {
    switch (typeof value) {
        case 'string':
            return JSON.stringify(value);
        case 'boolean':
            return value ? 'true' : 'false';
        case 'bigint':
            return `"${value.toString()}"`;
        case 'number':
            if (!Number.isSafeInteger(value)) throw new TypeError(`not a safe integer: ${String(value)}`);
            return value.toString();
        case 'object':
            if (value === null) return 'null';
            return Array.isArray(value) ? encodeArray(value) : encodeObject(value as Record<string, unknown>);
        default:
            throw new TypeError(`cannot be encoded: ${typeof value}`);
    }
}

function encodeArray(items: readonly unknown[]): string {
    return `[${items.map(canonical).join(',')}]`;
}

function encodeObject(object: Record<string, unknown>): string {
    let members = '';
    for (const key of Object.keys(object).sort(byCodePoint)) {
        const value = object[key];
        if (value === undefined) continue;
        members += `${members === '' ? '' : ','}${JSON.stringify(key)}:${canonical(value)}`;
    }
    return `{${members}}`;
}

/** Order of UTF-8 bytes, which is Fabric's key order; JavaScript's own sort goes by UTF-16 units. */
export function byCodePoint(a: string, b: string): number {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
        const [left, right] = [a.charCodeAt(i), b.charCodeAt(i)];
        if (left !== right) return surrogatesLast(left) - surrogatesLast(right);
    }
    return a.length - b.length;
}

/** Surrogates stand for code points above the rest of the 16-bit range, though their units lie within it. */
function surrogatesLast(unit: number): number {
    if (unit < 0xd800) return unit;
    return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
