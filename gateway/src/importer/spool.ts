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
    private readonly waiting = new Map<number, Uint8Array[]>();
    private length = 0;

    /** Bytes handed over, not copied. */
    append(file: number, record: Uint8Array): void {
        const records = this.waiting.get(file);
        if (records) records.push(record);
        else this.waiting.set(file, [record]);
        this.length += record.length;
        if (this.length > mostWaiting) this.flush();
    }

    /** All that was appended to a file, in that order. */
    read(file: number): Buffer {
        const waiting = this.waiting.get(file) ?? [];
        return existsSync(this.path(file))
            ? Buffer.concat([readFileSync(this.path(file)), ...waiting])
            : Buffer.concat(waiting);
    }

    close(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }

    private flush(): void {
        for (const [file, records] of this.waiting) appendFileSync(this.path(file), Buffer.concat(records));
        this.waiting.clear();
        this.length = 0;
    }

    private path(file: number): string {
        return join(this.folder, String(file));
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
