import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Characters that wait in memory before they go to disk. */
const mostWaiting = 4_000_000;

/**
 * Lines put aside in numbered files, in a folder of their own that its owner alone can read, and that is gone once closed: how a file
 * larger than memory is put in another order.
 */
export class Spool<T> {
    private readonly folder = newFolder();
    private readonly waiting = new Map<number, string[]>();
    private length = 0;

    append(file: number, value: T): void {
        const line = `${JSON.stringify(value)}\n`;
        const lines = this.waiting.get(file);
        if (lines) lines.push(line);
        else this.waiting.set(file, [line]);
        this.length += line.length;
        if (this.length > mostWaiting) this.flush();
    }

    /** All that was appended to a file, in that order. */
    read(file: number): T[] {
        this.flush();
        if (!existsSync(this.path(file))) return [];
        const lines = readFileSync(this.path(file), 'utf8').split('\n');
        return lines.slice(0, -1).map(line => JSON.parse(line) as T);
    }

    close(): void {
        rmSync(this.folder, { recursive: true, force: true });
    }

    private flush(): void {
        for (const [file, lines] of this.waiting) appendFileSync(this.path(file), lines.join(''));
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
