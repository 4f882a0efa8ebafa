import { chunkInvalid, mostChunkBytes, mostRows, secretLength, version } from './encoding';
import { compareBytes, utf8 } from '../bytes';

import type { Layout } from './asset-class';

/** Reads the numbers before and between the columns. */
export class HeaderReader {
    private at = 0;

    constructor(private readonly bytes: Uint8Array) {
        if (bytes.length > mostChunkBytes) throw chunkInvalid(`${bytes.length} bytes, more than ${mostChunkBytes}`);
    }

    get atEnd(): boolean {
        return this.at === this.bytes.length;
    }

    header(layout: Layout): { rows: number; secret: Uint8Array } {
        if (this.number() !== version) throw chunkInvalid('not a chunk of version 1');
        const length = this.number();
        const start = this.skip(length);
        if (compareBytes(this.bytes.subarray(start, start + length), utf8(layout.id)) !== 0)
            throw chunkInvalid(`not of the layout ${layout.id}`);
        const rows = this.number();
        if (rows < 1 || rows > mostRows) throw chunkInvalid(`${rows} rows, not 1 to ${mostRows}`);
        const secretStart = this.skip(secretLength);
        return { rows, secret: this.bytes.subarray(secretStart, secretStart + secretLength) };
    }

    number(): number {
        let [value, scale] = [0, 1];
        for (let i = 0; i < 4; i++) {
            const byte = this.bytes[this.at++];
            if (byte === undefined) break;
            value += (byte & 127) * scale;
            if (byte < 128) return value;
            scale *= 128;
        }
        throw chunkInvalid('cut short');
    }

    /** Passes over so many bytes and says where they begin. */
    skip(length: number): number {
        const start = this.at;
        this.at += length;
        if (this.at > this.bytes.length) throw chunkInvalid('cut short');
        return start;
    }
}
