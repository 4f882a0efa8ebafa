import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes that wait in memory before they go to disk. */
const mostWaiting = 8 * 1024 * 1024;

/**
 * Records put aside in numbered files, in a folder of their own that its owner alone can read, and that is gone once closed: how a file
 * larger than memory is put in another order. A record is what its owner makes of it: a few bytes.
 */
export class Spool {
    private readonly folder = newFolder();
    private readonly waiting = new Map<number, Waiting>();
    private length = 0;

    /** Appends a record, given in parts. */
    append(file: number, ...parts: readonly Uint8Array[]): void {
        let waiting = this.waiting.get(file);
        if (waiting === undefined) this.waiting.set(file, (waiting = new Waiting()));
        for (const part of parts) {
            waiting.put(part);
            this.length += part.length;
        }
        if (this.length > mostWaiting) this.flush();
    }

    /** All that was appended to a file, in that order. */
    read(file: number): Buffer {
        const waiting = this.waiting.get(file)?.bytes() ?? Buffer.alloc(0);
        return existsSync(this.path(file))
            ? Buffer.concat([readFileSync(this.path(file)), waiting])
            : Buffer.from(waiting);
    }

    close(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }

    private flush(): void {
        for (const [file, waiting] of this.waiting) {
            appendFileSync(this.path(file), waiting.bytes());
            waiting.clear();
        }
        this.length = 0;
    }

    private path(file: number): string {
        return join(this.folder, String(file));
    }
}

/** What waits for one file. Copied at once: very many small objects that live until they are written would cost more than the copying. */
class Waiting {
    private buffer = Buffer.allocUnsafe(1024);
    private used = 0;

    put(part: Uint8Array): void {
        const end = this.used + part.length;
        if (end > this.buffer.length) {
            const larger = Buffer.allocUnsafe(Math.max(end, 2 * this.buffer.length));
            this.buffer.copy(larger, 0, 0, this.used);
            this.buffer = larger;
        }
        this.buffer.set(part, this.used);
        this.used = end;
    }

    /** A view, good until more is put. */
    bytes(): Buffer {
        return this.buffer.subarray(0, this.used);
    }

    clear(): void {
        this.used = 0;
    }
}

const prefix = 'poolproof-spool-';

/** A folder named after this process. Those of processes that were killed, with the loans in them, are taken away first. */
function newFolder(): string {
    for (const name of readdirSync(tmpdir())) {
        const owner = name.startsWith(prefix) ? /^(\d+)-/.exec(name.slice(prefix.length))?.[1] : undefined;
        if (owner !== undefined && !isRunning(Number(owner)))
            rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
    return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
}
