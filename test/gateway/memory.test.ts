import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

describe('the memory of a client', () => {
    it('does not grow with the calls it makes', async () => {
        const bench = join(__dirname, '../bench/memory.js');
        // Fails with what it printed where the heap has grown. `npm run bench:memory` makes 100,000 calls.
        const { stdout } = await promisify(execFile)(process.execPath, [bench, '600']);
        expect(stdout).toContain('600 calls: heap');
    }, 180_000);
});
