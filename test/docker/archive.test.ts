import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archive } from '@poolproof/network/dist/docker/archive';

describe('an archive', () => {
    const files = { 'metadata.json': '{"type":"ccaas"}', 'code.tar.gz': Buffer.alloc(1500, 7) };

    test('is what tar unpacks', () => {
        const folder = mkdtempSync(join(tmpdir(), 'archive-'));
        writeFileSync(join(folder, 'package.tar.gz'), archive(files));
        execFileSync('tar', ['-xzf', 'package.tar.gz'], { cwd: folder });
        for (const [name, content] of Object.entries(files)) {
            expect(readFileSync(join(folder, name))).toEqual(Buffer.from(content));
        }
        rmSync(folder, { recursive: true });
    });

    test('has the same bytes, hence the same package id, whenever it is made', () => {
        expect(archive(files)).toEqual(archive({ ...files }));
        expect(archive({ ...files, 'metadata.json': '{}' })).not.toEqual(archive(files));
    });
});
