import { bytesToHex, bytesToUtf8, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils';

/** Lower-case hexadecimal, two digits a byte. */
export const hexOf: (bytes: Uint8Array) => string = bytesToHex;

/** Bytes of lower- or upper-case hexadecimal. */
export const bytesOf: (hex: string) => Uint8Array = hexToBytes;

/** UTF-8 of a text. Names and codes are ASCII nearly always: those are written out here, several times faster. */
export function utf8(text: string): Uint8Array {
    if (text.length > shortText) return utf8ToBytes(text);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i);
        if (code > 127) return utf8ToBytes(text);
        bytes[i] = code;
    }
    return bytes;
}

/** The text of UTF-8 bytes; short ASCII is read here, as above. */
export function textOf(bytes: Uint8Array): string {
    if (bytes.length > shortText) return bytesToUtf8(bytes);
    let text = '';
    for (let i = 0; i < bytes.length; i++) {
        const code = bytes[i] as number;
        if (code > 127) return bytesToUtf8(bytes);
        text += String.fromCharCode(code);
    }
    return text;
}

const shortText = 128;

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
