import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';

import { CsvError, parse } from 'csv-parse';

import { ImportError } from './import-error';

import type { Row } from './row';

/**
 * Reads a CSV file line by line, whatever its size, in constant memory. The first line names the columns; columns not asked
 * for are passed on as they are.
 * @throws ImportError for a missing or doubled column, a line of another length, an open quote, or a last line without an end,
 * which is how a file cut off in transfer looks
 */
export async function* readCsv(path: string, columns: readonly string[]): AsyncGenerator<Row> {
    const file = basename(path);
    await mustEndInNewLine(path, file);
    const source = createReadStream(path);
    const parser = source.pipe(
        parse({ bom: true, info: true, columns: header => checkedHeader(header, columns, file) }),
    );
    source.once('error', error => parser.destroy(error));
    try {
        for await (const { record, info } of parser as AsyncIterable<ParsedLine>)
            yield { file, line: info.lines, values: record };
    } catch (error) {
        throw error instanceof CsvError ? new ImportError({ file, line: lineOf(error) }, problemOf(error)) : error;
    } finally {
        source.destroy();
    }
}

interface ParsedLine {
    readonly record: Readonly<Record<string, string>>;
    readonly info: { readonly lines: number };
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

function lineOf(error: CsvError): number {
    return typeof error['lines'] === 'number' ? error['lines'] : 1;
}

function problemOf(error: CsvError): string {
    switch (error.code) {
        case 'CSV_RECORD_INCONSISTENT_COLUMNS':
            return 'not as many fields as the header has: the line is cut off or has a stray comma';
        case 'CSV_QUOTE_NOT_CLOSED':
            return 'a quote is opened and not closed before the file ends';
        default:
            return 'not a line of CSV';
    }
}
