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
