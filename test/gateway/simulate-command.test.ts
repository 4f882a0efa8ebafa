import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { poolproofIn } from '../setting/command-line';

const terms = resolve(__dirname, '../../..', 'chaincode/terms/auto-loan.json');

describe('poolproof simulate', () => {
    let folder: string;
    beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), 'poolproof-simulate-'));
    });
    afterAll(() => rm(folder, { recursive: true }));

    it('runs the scenario that its help shows, without a network, and tells people amounts with their decimals', async () => {
        const help = await poolproofIn(folder)('simulate', '--help');
        const [, example = ''] = /scenario\.json:\n([\s\S]*?)\n\n/.exec(help.stdout) ?? [];
        await writeFile(join(folder, 'scenario.json'), example);
        const { code, stdout, stderr } = await poolproofIn(folder)('simulate', terms, 'scenario.json');
        expect([code, stderr]).toEqual([0, '']);
        const [heading = '', , first = ''] = stdout.split('\n');
        expect(heading.trim().split(/ +/)).toEqual(['period', 'paid', 'A-1', 'A-2', 'B', 'C']);
        expect(first).toMatch(/^ +1 +2026-02-\d\d +[\d,]+\.\d\d +/);
        const json = await poolproofIn(folder)('--json', 'simulate', terms, 'scenario.json');
        const [row] = JSON.parse(json.stdout) as Record<string, string>[];
        expect([row?.['B'], first]).toEqual(['10375000', expect.stringContaining(' 103,750.00 ')]);
    });

    it('says which member of a scenario it does not know', async () => {
        await writeFile(join(folder, 'odd.json'), '{ "cpr": "6%" }');
        const { code, stdout, stderr } = await poolproofIn(folder)('simulate', terms, 'odd.json');
        expect([code, stdout]).toEqual([2, '']);
        expect(stderr).toContain('simulation.cpr: no such field');
    });
});
