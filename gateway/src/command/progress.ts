import type { Progress } from '../recording';

const width = 30;

/** How far a piece of work is. */
export interface ChunksDone {
    readonly done: number;
    /** Of them, those that were done before. */
    readonly found: number;
    readonly chunks: number;
}

/** Tells on standard error how far a long piece of work is: a bar on a terminal, else a line for every tenth part. */
export function progressOf(what: string): (progress: ChunksDone) => void {
    const { isTTY } = process.stderr;
    let told = 0;
    return ({ done, found, chunks }) => {
        const earlier = found === 0 ? '' : ` (${found} found from before)`;
        const text = `${what}: ${done} of ${chunks} chunks${earlier}`;
        const tenth = Math.floor((10 * done) / chunks);
        if (isTTY) {
            const filled = Math.round((width * done) / chunks);
            process.stderr.write(`\r[${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${text}`);
            if (done === chunks) process.stderr.write('\n');
        } else if (tenth > told || done === chunks) process.stderr.write(`${text}\n`);
        told = tenth;
    };
}

/** The same of a recording. */
export function recordingProgress(what: string): (progress: Progress) => void {
    const tell = progressOf(what);
    return ({ recorded, found, chunks }) => tell({ done: recorded, found, chunks });
}

/** How much of a file is read, before anything is sent of it: in place on a terminal, else a line for every quarter of a million. */
export function readingProgress(path: string): (records: number) => void {
    const { isTTY } = process.stderr;
    return records => {
        if (isTTY) process.stderr.write(`\r${path}: ${records} records read\r`);
        else if (records % 250_000 === 0) process.stderr.write(`${path}: ${records} records read\n`);
    };
}
