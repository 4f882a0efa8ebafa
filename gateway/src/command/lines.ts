import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Writes lines as they come, to a file that only its owner may read, or to standard output; what reads them sets the
 * pace.
 */
export async function writeLines(lines: AsyncIterable<string>, path?: string): Promise<void> {
    const source = Readable.from(ended(lines));
    if (path === undefined) await pipeline(source, process.stdout, { end: false });
    else await pipeline(source, createWriteStream(path, { mode: 0o600 }));
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const line of lines) yield `${line}\n`;
}
