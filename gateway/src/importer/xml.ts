import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

import { SaxesParser } from 'saxes';

import { ImportError } from './import-error';

import type { Row } from './row';

/**
 * Reads an EX-102 exhibit (SEC asset data file, ABS-EE) asset by asset, whatever its size, in constant memory: every `assets` element
 * is a row, its elements are the fields.
 * @throws ImportError for a file that is cut off or is no such exhibit
 */
export async function* readXml(path: string): AsyncGenerator<Row> {
    const file = basename(path);
    const assets = new AssetCollector(file);
    const source = createReadStream(path, { encoding: 'utf8' });
    try {
        for await (const text of source as AsyncIterable<string>) {
            assets.write(text);
            yield* assets.taken();
        }
        assets.close();
        yield* assets.taken();
    } finally {
        source.destroy();
    }
}

class AssetCollector {
    private readonly parser = new SaxesParser({ xmlns: false });
    private rows: Row[] = [];
    private depth = 0;
    private values: Record<string, string> | undefined;
    private line = 1;
    private text = '';

    constructor(private readonly file: string) {
        this.parser.on('error', () => this.fail('not well-formed XML, or cut off'));
        this.parser.on('opentag', ({ name }) => this.open(name));
        this.parser.on('text', text => (this.text += text));
        this.parser.on('closetag', ({ name }) => this.end(name));
    }

    write(text: string): void {
        this.parser.write(text);
    }

    close(): void {
        this.parser.close();
    }

    taken(): readonly Row[] {
        const rows = this.rows;
        this.rows = [];
        return rows;
    }

    private open(name: string): void {
        this.depth++;
        this.text = '';
        if (this.depth === 1 && name !== 'assetData') this.fail('not an EX-102 asset data file');
        if (this.depth !== 2 || name !== 'assets') return;
        this.values = {};
        this.line = this.parser.line;
    }

    private end(name: string): void {
        if (this.depth === 3 && this.values) {
            if (Object.hasOwn(this.values, name)) this.fail('the field stands twice in one asset', name);
            this.values[name] = this.text.trim();
        }
        if (this.depth === 2 && this.values) {
            this.rows.push({ file: this.file, line: this.line, values: this.values });
            this.values = undefined;
        }
        this.depth--;
        this.text = '';
    }

    private fail(problem: string, field?: string): never {
        const place = { file: this.file, line: this.parser.line };
        throw new ImportError(field === undefined ? place : { ...place, field }, problem);
    }
}
