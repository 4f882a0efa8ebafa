import { EventEmitter, on } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';

import { parse } from 'papaparse';

import { ImportError } from './import-error';

import type { ParseError, Parser, ParseResult } from 'papaparse';
import type { Row } from './row';

/** What may stand between the values of a line. Filings use commas, ESMA-style files semicolons. */
const delimitersToGuess = [',', ';', '\t'];

/** Bytes read at a time. A record longer than that has a quote that is not closed. */
const blockLength = 256 * 1024;

/**
 * Reads a CSV file (RFC 4180, UTF-8) line by line, whatever its size, in constant memory. The first line names the columns;
 * columns not asked for are passed on as they are, blank lines passed over.
 * @throws ImportError for a missing or doubled column, a line of another length, a quote out of place, or a last line without an
 * end, which is how a file cut off in transfer looks
 */
export async function* readCsv(path: string, columns: readonly string[]): AsyncGenerator<Row> {
    const file = basename(path);
    await mustEndInNewLine(path, file);
    let header: string[] | undefined;
    let [line, blocksWithoutEnd] = [1, 0];
    for await (const { data, errors } of blocksOf(path)) {
        const wrong = errors.find(({ type }) => type === 'Quotes');
        blocksWithoutEnd = data.length > 0 ? 0 : blocksWithoutEnd + 1;
        if (blocksWithoutEnd > 1) throw problemOf(wrong, { file, line });
        for (let i = 0; i < data.length; i++) {
            if (i === wrong?.row) throw problemOf(wrong, { file, line });
            const cells = data[i] as string[];
            if (header === undefined) header = checkedHeader(cells, columns, file);
            else if (cells.length > 1 || cells[0] !== '')
                yield { file, line, values: valuesOf(cells, header, { file, line }) };
            line += linesOf(cells);
        }
    }
}

type Block = ParseResult<string[]>;

/** What the parser makes of a file, block by block: it reads on when a block has been worked off. */
async function* blocksOf(path: string): AsyncGenerator<Block> {
    const source = createReadStream(path, { encoding: 'utf8', highWaterMark: blockLength });
    const hands = new EventEmitter();
    const arrivals = on(hands, 'block', { close: ['end'] }) as AsyncIterableIterator<[Block, Parser]>;
    parse<string[], NodeJS.ReadableStream>(source, {
        delimitersToGuess,
        chunk: (block, parser) => {
            parser.pause();
            hands.emit('block', block, parser);
        },
        complete: () => hands.emit('end'),
        error: error => hands.emit('error', error),
    });
    try {
        for await (const [block, parser] of arrivals) {
            yield block;
            parser.resume();
        }
    } finally {
        source.destroy();
    }
}

function problemOf(
    wrong: ParseError | undefined,
    place: { readonly file: string; readonly line: number },
): ImportError {
    const isMalformed = wrong?.code === 'InvalidQuotes';
    return new ImportError(place, isMalformed ? 'a quote stands inside a value' : 'a quote is opened and not closed');
}

/** Line ends between quotes belong to a value. */
function linesOf(cells: readonly string[]): number {
    let lines = 1;
    for (const cell of cells) if (cell.includes('\n')) lines += cell.split('\n').length - 1;
    return lines;
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

function checkedHeader(first: readonly string[], columns: readonly string[], file: string): string[] {
    const header = first.map(name => name.replace(/^\uFEFF/, ''));
    for (const column of columns)
        if (!header.includes(column)) throw new ImportError({ file, line: 1, field: column }, 'no such column');
    const doubled = header.find((column, i) => header.indexOf(column) !== i);
    if (doubled !== undefined) throw new ImportError({ file, line: 1, field: doubled }, 'the column stands twice');
    return header;
}
