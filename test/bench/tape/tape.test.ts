import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

describe('the benchmark of tapes', () => {
    it('takes a small tape through its life on the embedded network, and says what it took', async () => {
        const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, 'main.js'), '3000']);
        for (const stage of ['read and record the tape', 'submit', 'pledge', 'seal', 'read and record the month'])
            expect(stdout).toContain(stage);
        expect(stdout).toMatch(/embedded: 3,000 SYNTHETIC loans, [\d,]+\/s recorded, pledged and sealed/);
        expect(stdout).toMatch(/most memory: client \d+ MB/);
    });
});
