import { Spool } from './spool';

const keyLength = 16;
const lineLength = 4;
const files = 256;

/** Finds the keys that stand twice in a file of any size, without having more than a small part of them in memory. Gone once closed. */
export class Distinct {
    private readonly spool = new Spool();
    private readonly record = Buffer.alloc(keyLength + lineLength);

    /** @param key a hash, of which the first 16 bytes count */
    add(key: Uint8Array, line: number): void {
        this.record.set(key.subarray(0, keyLength));
        this.record.writeUInt32LE(line, keyLength);
        this.spool.append(key[0] ?? 0, this.record);
    }

    /** Lines whose key stands in a line before. */
    *repeated(): Generator<number> {
        for (let file = 0; file < files; file++) {
            const records = this.spool.read(file);
            const seen = new Set<string>();
            for (let at = 0; at < records.length; at += keyLength + lineLength) {
                const key = records.toString('latin1', at, at + keyLength);
                if (seen.has(key)) yield records.readUInt32LE(at + keyLength);
                seen.add(key);
            }
        }
    }

    close(): void {
        this.spool.close();
    }
}
