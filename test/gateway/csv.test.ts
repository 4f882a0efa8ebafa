import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ImportError, readCsv } from '@poolproof/gateway';

describe('reading a CSV file', () => {
    let folder: string;
    beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'poolproof-csv-'))));
    afterAll(() => rm(folder, { recursive: true }));

    async function read(text: string, columns = ['assetNumber', 'endBalance']) {
        const path = join(folder, 'tape.csv');
        await writeFile(path, text);
        const rows = [];
        for await (const row of readCsv(path, columns)) rows.push(row);
        return rows;
    }

    async function problemOf(text: string) {
        const error: unknown = await read(text).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(ImportError);
        return (error as ImportError).message;
    }

    it('gives every line with its number and its values by column', async () => {
        expect(await read('assetNumber,endBalance\r\n7,10.50\r\n8,"1,000.00"\r\n')).toEqual([
            { file: 'tape.csv', line: 2, values: { assetNumber: '7', endBalance: '10.50' } },
            { file: 'tape.csv', line: 3, values: { assetNumber: '8', endBalance: '1,000.00' } },
        ]);
    });

    it('reads commas, quotes and line ends between quotes, and counts the lines they take', async () => {
        const text = 'assetNumber,endBalance\n7,"a, ""b""\nc"\n8,\n';
        expect(await read(text)).toEqual([
            { file: 'tape.csv', line: 2, values: { assetNumber: '7', endBalance: 'a, "b"\nc' } },
            { file: 'tape.csv', line: 4, values: { assetNumber: '8', endBalance: '' } },
        ]);
    });

    it('reads a file larger than what it reads at a time', async () => {
        const lines = Array.from({ length: 50_000 }, (_, i) => `${i},"é ${i}"\n`);
        const rows = await read(`\uFEFFassetNumber,endBalance\n${lines.join('')}`);
        expect(rows).toHaveLength(50_000);
        expect(rows[49_999]).toEqual({
            file: 'tape.csv',
            line: 50_001,
            values: { assetNumber: '49999', endBalance: 'é 49999' },
        });
    });

    it.each([
        [
            'a file cut off inside a line',
            'assetNumber,endBalance\n7,10.50\n8,1',
            'tape.csv, line 3: no line end: the file is cut off',
        ],
        [
            'a line with a field too few',
            'assetNumber,endBalance\n7,10.50\n8\n',
            'tape.csv, line 3: not as many fields as the header',
        ],
        ['a quote left open', 'assetNumber,endBalance\n7,"10.50\n', 'tape.csv, line 2: a quote is opened'],
        [
            'a quote inside a value',
            'assetNumber,endBalance\n6,1\n7,"10"50\n',
            'tape.csv, line 3: a quote stands inside',
        ],
        [
            'a quote never closed in a long file',
            `assetNumber,endBalance\n7,"10.50\n${'8,1\n'.repeat(500_000)}`,
            'line 2: a quote',
        ],
        ['a column missing', 'assetNumber,balance\n7,1\n', 'tape.csv, line 1, endBalance: no such column'],
        [
            'a column given twice',
            'assetNumber,endBalance,endBalance\n7,1,1\n',
            'line 1, endBalance: the column stands twice',
        ],
        ['an empty file', '', 'tape.csv, line 1: the file is empty'],
    ])('names the place of %s', async (_, text, message) => {
        expect(await problemOf(text)).toContain(message);
    });
});
