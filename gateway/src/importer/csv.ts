import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';

import { ImportError } from './import-error';

import type { Row } from './row';

/** What may stand between the values of a line. Filings use commas, ESMA-style files semicolons. */
const delimiters = [',', ';', '\t'] as const;
type Delimiter = (typeof delimiters)[number];

/** A cell and what ends it. */
const cells: Readonly<Record<Delimiter, RegExp>> = {
    ',': /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y,
    ';': /(?:"((?:[^"]|"")*)"|([^";]*))(;|$)/y,
    '\t': /(?:"((?:[^"]|"")*)"|([^"\t]*))(\t|$)/y,
};

/** Bytes read at a time. */
const blockLength = 256 * 1024;

/** Longest line, in characters: what is longer has a quote that is not closed. */
const longestLine = 100_000;

/**
 * Reads a CSV file (RFC 4180, UTF-8) line by line, whatever its size, in constant memory. The first line names the columns, and
 * shows what stands between values; columns not asked for are passed on as they are.
 * @throws ImportError for a missing or doubled column, a line of another length, an open quote, or a last line without an end,
 * which is how a file cut off in transfer looks
 */
export async function* readCsv(path: string, columns: readonly string[]): AsyncGenerator<Row> {
    const file = basename(path);
    await mustEndInNewLine(path, file);
    const source = createReadStream(path, { encoding: 'utf8', highWaterMark: blockLength });
    const reader = new RecordReader(file);
    let header: string[] | undefined;
    try {
        for await (const block of source as AsyncIterable<string>)
            for (const cells of reader.records(block))
                if (header === undefined) header = checkedHeader(cells, columns, file);
                else yield { file, line: reader.line, values: valuesOf(cells, header, { file, line: reader.line }) };
        reader.close();
    } finally {
        source.destroy();
    }
}

/** Cuts text that comes block by block into records of cells. */
class RecordReader {
    /** Where the record given last begins, counted from 1. */
    line = 0;
    private next = 1;
    private rest = '';
    private delimiter: Delimiter | undefined;

    constructor(private readonly file: string) {}

    *records(block: string): Generator<string[]> {
        const text = this.next === 1 ? (this.rest + block).replace(/^\uFEFF/, '') : this.rest + block;
        let start = 0;
        for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
            const record = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
            const isQuoted = record.includes('"');
            if (isQuoted && isOpen(record)) {
                if (record.length > longestLine) throw this.open();
                continue;
            }
            this.line = this.next;
            this.next += isQuoted ? record.split('\n').length : 1;
            start = end + 1;
            this.delimiter ??= delimiterOf(record);
            yield isQuoted ? this.unquoted(record, this.delimiter) : record.split(this.delimiter);
        }
        this.rest = text.slice(start);
    }

    /** @throws ImportError where a quote is open at the end of the file */
    close(): void {
        if (this.rest !== '') throw this.open();
    }

    private unquoted(record: string, delimiter: Delimiter): string[] {
        const values: string[] = [];
        const cell = new RegExp(cells[delimiter]);
        for (;;) {
            const match = cell.exec(record);
            if (match === null) throw this.wrong(this.line, 'not a line of CSV');
            const [, quoted, plain = '', end] = match;
            values.push(quoted?.replaceAll('""', '"') ?? plain);
            if (end === '') return values;
        }
    }

    private open(): ImportError {
        return this.wrong(this.next, 'a quote is opened and not closed');
    }

    private wrong(line: number, problem: string): ImportError {
        return new ImportError({ file: this.file, line }, problem);
    }
}

/** The one that the header has most often, outside of quotes. */
function delimiterOf(header: string): Delimiter {
    const plain = header.replace(/"[^"]*"/g, '');
    const counted = delimiters.map(delimiter => ({ delimiter, count: plain.split(delimiter).length }));
    return counted.reduce((most, each) => (each.count > most.count ? each : most)).delimiter;
}

/** Whether a quote is open at the end, so that the line end after it is part of a cell. Doubled quotes within a cell count twice. */
function isOpen(record: string): boolean {
    let count = 0;
    for (let at = record.indexOf('"'); at >= 0; at = record.indexOf('"', at + 1)) count++;
    return count % 2 === 1;
}

function valuesOf(
    cells: readonly string[],
    header: readonly string[],
    place: { readonly file: string; readonly line: number },
): Record<string, string> {
    if (cells.length !== header.length)
        throw new ImportError(
            place,
            'not as many fields as the header has: the line is cut off or has a stray delimiter',
        );
    const values: Record<string, string> = {};
    for (let i = 0; i < header.length; i++) values[header[i] as string] = cells[i] as string;
    return values;
}

async function mustEndInNewLine(path: string, file: string): Promise<void> {
    const handle = await open(path);
    try {
        const { size } = await handle.stat();
        if (size === 0) throw new ImportError({ file, line: 1 }, 'the file is empty');
        const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
        if (buffer[0] !== 0x0a)
            throw new ImportError({ file, line: await lineCount(path) }, 'no line end: the file is cut off');
    } finally {
        await handle.close();
    }
}

async function lineCount(path: string): Promise<number> {
    let lines = 1;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>)
        for (const byte of chunk) if (byte === 0x0a) lines++;
    return lines;
}

function checkedHeader(header: readonly string[], columns: readonly string[], file: string): string[] {
    for (const column of columns)
        if (!header.includes(column)) throw new ImportError({ file, line: 1, field: column }, 'no such column');
    const doubled = header.find((column, i) => header.indexOf(column) !== i);
    if (doubled !== undefined) throw new ImportError({ file, line: 1, field: doubled }, 'the column stands twice');
    return [...header];
}
