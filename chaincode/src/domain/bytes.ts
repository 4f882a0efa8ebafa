import { bytesToHex, bytesToUtf8, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils';

/** Lower-case hexadecimal, two digits a byte. */
export const hexOf: (bytes: Uint8Array) => string = bytesToHex;

/** Bytes of lower- or upper-case hexadecimal. */
export const bytesOf: (hex: string) => Uint8Array = hexToBytes;

export const utf8: (text: string) => Uint8Array = utf8ToBytes;

export const textOf: (bytes: Uint8Array) => string = bytesToUtf8;

export const concat: (...parts: Uint8Array[]) => Uint8Array = concatBytes;

/** Order of the bytes, as of unsigned numbers; the shorter first where one begins the other. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
        const difference = (a[i] as number) - (b[i] as number);
        if (difference !== 0) return difference;
    }
    return a.length - b.length;
}
