/** Bytes written one after the other, with variable-length numbers (LEB128: seven bits a byte, the lowest first). */
export class Writer {
    private buffer = new Uint8Array(256);
    private used = 0;

    get length(): number {
        return this.used;
    }

    /** A whole number from 0 to 2^53 - 1. */
    number(value: number): void {
        this.reserve(8);
        let rest = value;
        while (rest > 127) {
            this.buffer[this.used++] = (rest % 128) | 128;
            rest = Math.floor(rest / 128);
        }
        this.buffer[this.used++] = rest;
    }

    bytes(value: Uint8Array): void {
        this.reserve(value.length);
        this.buffer.set(value, this.used);
        this.used += value.length;
    }

    /** A few bytes of others: so few that a view of them would take longer to make than they take to copy. */
    part(value: Uint8Array, start: number, end: number): void {
        this.reserve(end - start);
        for (let at = start; at < end; at++) this.buffer[this.used++] = value[at] as number;
    }

    /** A view of what was written, good until more is. */
    written(): Uint8Array {
        return this.buffer.subarray(0, this.used);
    }

    clear(): void {
        this.used = 0;
    }

    private reserve(more: number): void {
        if (this.used + more <= this.buffer.length) return;
        const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.used + more));
        larger.set(this.buffer);
        this.buffer = larger;
    }
}
