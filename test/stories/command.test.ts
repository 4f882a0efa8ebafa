import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { balanceOf, loadLoans, sample } from '../setting/pool';
import { datesOn, setStage } from '../setting/stage';
import { termsFor } from '../setting/terms';
import { writeDesks } from '../setting/desk-files';

import type { Stage } from '../setting/stage';

const program = require.resolve('@poolproof/gateway').replace(/index\.js$/, 'command/main.js');

describe('the command line', () => {
    let stage: Stage;
    let folder: string;
    let dealId: string;

    beforeAll(async () => {
        stage = await setStage();
        folder = await mkdtemp(join(tmpdir(), 'poolproof-command-'));
        await writeDesks(stage.network, folder);
        dealId = `command-${stage.tag}`;
        const [header = '', ...lines] = (await readFile(sample.loans, 'utf8')).trim().split('\n');
        const retagged = lines.slice(0, 20).map(line => line.replace(',', `.${stage.tag},`));
        await writeFile(join(folder, 'loans.csv'), `${[header, ...retagged].join('\n')}\n`);
        await writeFile(join(folder, 'cut.csv'), [header, ...retagged].join('\n').slice(0, -9));
        const loans = await loadLoans({ ...sample, loans: join(folder, 'loans.csv') });
        const terms = termsFor(dealId, balanceOf(loans), await datesOn(stage));
        await writeFile(join(folder, 'terms.json'), JSON.stringify(terms));
        await writeFile(join(folder, 'bad.json'), JSON.stringify({ ...terms, surprise: 1 }));
    });
    afterAll(async () => {
        await stage.close();
        await rm(folder, { recursive: true });
    });

    interface Run {
        readonly code: number;
        readonly stdout: string;
        readonly stderr: string;
    }
    const poolproof = (...args: string[]): Promise<Run> =>
        new Promise(resolve => {
            const child = execFile(process.execPath, [program, ...args], { cwd: folder }, (_error, stdout, stderr) =>
                resolve({ code: child.exitCode ?? -1, stdout, stderr }),
            );
        });

    it('opens a deal, records and submits its tape, and pledges and seals it', async () => {
        const opened = await poolproof('--as', 'bank-a', 'deal', 'open', dealId, 'terms.json');
        expect([opened.code, opened.stderr]).toEqual([0, '']);
        expect(opened.stdout).toMatch(/^trustee +trust$/m);
        const recorded = await poolproof('--as', 'bank-a', 'tape', 'record', dealId, 'loans.csv', '--submit');
        expect([recorded.code, recorded.stderr]).toEqual([0, 'chunk 1: 20 loans recorded\n']);
        expect(recorded.stdout).toMatch(/^endorsedBy +BankAMSP, TrustMSP$/m);
        expect((await poolproof('--as', 'trust', 'pledge', 'accept', dealId)).code).toBe(0);
        expect((await poolproof('--as', 'trust', 'tape', 'seal', dealId)).code).toBe(0);
    });

    it('prints JSON for programs and tables for people', async () => {
        const { stdout } = await poolproof('--as', 'fund', '--json', 'deal', 'read', dealId);
        expect(JSON.parse(stdout)).toMatchObject({ id: dealId, status: 'sealed', originator: 'bank-a' });
        const listed = await poolproof('--as', 'fund', 'institution', 'list');
        expect(listed.stdout).toMatch(/^bank-a +BankAMSP +Bank A +originator, servicer/m);
    });

    it('shows loans to the regulator', async () => {
        const { code, stdout } = await poolproof('--as', 'regulator', '--json', 'tape', 'loans', dealId, '0');
        expect(code).toBe(0);
        expect(JSON.parse(stdout)).toHaveLength(20);
    });

    it('... and exits with 4 where the other bank asks for them', async () => {
        const { code, stdout, stderr } = await poolproof('--as', 'bank-b', 'tape', 'loans', dealId, '0');
        expect([code, stdout]).toEqual([4, '']);
        expect(stderr).toContain('no member of the private collection tape_bank-a_trust');
    });

    it.each([
        ['a command that does not exist', ['deal', 'sing'], 2, "unknown command 'sing'"],
        ['an argument left out', ['deal', 'read'], 2, "missing required argument 'deal'"],
        ['a file that is not there', ['deal', 'open', 'x', 'none.json'], 2, 'none.json'],
        ['a tape that is cut off', ['tape', 'record', '%', 'cut.csv'], 2, 'cut.csv, line 21: no line end'],
        ['terms with an unknown field', ['deal', 'open', 'bad-terms', 'bad.json'], 3, 'TERMS_INVALID: surprise'],
        ['a deal that does not exist', ['deal', 'read', 'nowhere'], 3, 'NOT_FOUND: there is no deal nowhere'],
        ['a deal that is not for it to close', ['deal', 'close', '%'], 3, 'ROLE_MISSING'],
    ])('tells by its exit code: %s', async (_, args, code, said) => {
        const run = await poolproof('--as', 'bank-a', ...args.map(arg => (arg === '%' ? dealId : arg)));
        expect([run.code, run.stdout]).toEqual([code, '']);
        expect(run.stderr).toContain(said);
    });

    it('exits with 5 where no peer answers', async () => {
        const profile = JSON.parse(await readFile(join(folder, 'fund.json'), 'utf8')) as {
            peers: Record<string, { url: string }>;
        };
        for (const peer of Object.values(profile.peers)) peer.url = 'grpcs://127.0.0.1:1';
        await writeFile(join(folder, 'nobody.json'), JSON.stringify(profile));
        const options = ['--profile', 'nobody.json', '--wallet', 'wallet', '--identity', 'fund'];
        const { code, stderr } = await poolproof(...options, 'deal', 'list');
        expect(code).toBe(5);
        expect(stderr).toContain('Check the addresses');
    });

    it('never prints a key', async () => {
        const { stdout, stderr } = await poolproof('--as', 'bank-a', 'deal', 'list');
        expect(stdout + stderr).not.toContain('PRIVATE KEY');
    });

    it('completes commands', async () => {
        const { stdout } = await poolproof('completion');
        expect(stdout).toContain('deal) words="open close read terms list"');
    });
});
