import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { assetClassOf, formatAmount } from '@poolproof/chaincode/domain';

import { balanceOf, loadLoans, sample } from '../setting/pool';
import { datesOn, setStage } from '../setting/stage';
import { poolproofIn } from '../setting/command-line';
import { termsFor } from '../setting/terms';
import { writeDesks } from '../setting/desk-files';

import type { Amount } from '@poolproof/chaincode/domain';
import type { Loan } from '@poolproof/gateway';
import type { Stage } from '../setting/stage';

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
        const rate = header.split(',').indexOf('originalInterestRatePercentage');
        const scaled = retagged.map(line =>
            line
                .split(',')
                .map((value, i) => (i === rate ? '1.065' : value))
                .join(','),
        );
        await writeFile(join(folder, 'scaled.csv'), `${[header, ...scaled].join('\n')}\n`);
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

    const poolproof = (...args: string[]) => poolproofIn(folder)(...args);

    it('opens a deal, and records nothing of a tape of which a rule says no', async () => {
        const opened = await poolproof('--as', 'bank-a', 'deal', 'open', dealId, 'terms.json');
        expect([opened.code, opened.stderr]).toEqual([0, '']);
        expect(opened.stdout).toMatch(/^trustee +trust$/m);
        const recorded = await poolproof('--as', 'bank-a', 'tape', 'record', dealId, 'scaled.csv');
        expect([recorded.code, recorded.stdout]).toEqual([8, '']);
        expect(recorded.stderr).toMatch(/^rate-scale +refuse +originalInterestRatePercentage +20 +2, 3, 4$/m);
        const none = await poolproof('--as', 'bank-a', 'tape', 'loans', dealId, '0');
        expect(none.stderr).toContain('CHUNK_MISSING');
        const checked = await poolproof('tape', 'check', 'scaled.csv');
        expect([checked.code, checked.stderr]).toEqual([8, '']);
    });

    it('tells its terms as they were written, amounts with their decimals', async () => {
        const { stdout } = await poolproof('--as', 'fund', 'deal', 'terms', dealId);
        expect(stdout).toMatch(/^ +balance +\d+\.\d\d$/m);
        expect(stdout).toMatch(/^ +fixed +\d+\.\d+%$/m);
    });

    it('accepts no tape that is not submitted', async () => {
        const { code, stdout, stderr } = await poolproof('--as', 'trust', 'pledge', 'accept', dealId);
        expect([code, stdout]).toEqual([3, '']);
        expect(stderr).toContain('CHUNK_MISSING');
    });

    it('records and submits a tape, and pledges and seals it', async () => {
        const recorded = await poolproof('--as', 'bank-a', 'tape', 'record', dealId, 'loans.csv', '--submit');
        const told = 'loans.csv: 20 records, fit to be recorded; score 100 of 100\nrecorded: 1 of 1 chunks\n';
        expect([recorded.code, recorded.stderr]).toEqual([0, told]);
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

    it('tells people of loans at a glance, under the names of the standard, amounts with their decimals', async () => {
        const read = async (...args: string[]) => (await poolproof('--as', 'trust', ...args)).stdout;
        const { balance } = JSON.parse(await read('--json', 'tape', 'summary', dealId, '0')) as { balance: string };
        const shown = formatAmount(BigInt(balance) as Amount);
        const summary = await read('tape', 'summary', dealId, '0');
        expect(summary).toMatch(/^count +20$/m);
        expect(summary).toContain(shown);
        expect(summary).toMatch(/^ +originalLoanTerm +\d+\.\d{6}$/m);
        expect(summary).toMatch(/^ +from 0\.\d+ +\d+ +[\d,]+\.\d\d$/m);
        expect(await read('tape', 'summary', dealId, '1')).toBe('none\n');
        expect(await read('tape', 'read', dealId)).toContain(shown);
        const [heading = ''] = (await read('tape', 'loans', dealId, '0')).split('\n');
        expect(heading.split(/ +/)).toEqual([
            'assetNumber',
            'reportingPeriodActualEndBalanceAmount',
            'reportingPeriodInterestRatePercentage',
        ]);
        expect((await read('--long', 'tape', 'loans', dealId, '0')).split('\n')[0]).toContain('originatorName');
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

    it('exports the tape to the regulator from its own peer, under the names of the standard, and leaves a trail of why', async () => {
        const purpose = ['--purpose', 'inspection 7'];
        const { code, stdout } = await poolproof('--as', 'regulator', 'tape', 'export', dealId, ...purpose);
        expect(code).toBe(0);
        const [header = '', first = '', ...others] = stdout.trim().split('\n');
        expect(header.split(',')).toEqual(assetClassOf('auto-loan').loan.fields.map(({ name }) => name));
        expect(others).toHaveLength(19);
        const [loan = ''] = first.split(',');
        const selected = [
            '--fields',
            'assetNumber,originatorName',
            '--where',
            `assetNumber=${loan}`,
            '--out',
            'one.csv',
        ];
        expect((await poolproof('--as', 'trust', 'tape', 'export', dealId, ...selected)).stdout).toBe('');
        expect(await readFile(join(folder, 'one.csv'), 'utf8')).toContain(`assetNumber,originatorName\n${loan},`);
        const trail = await poolproof('--as', 'bank-a', 'audit', 'trail', dealId);
        expect([trail.code, trail.stderr]).toEqual([0, '']);
        expect(trail.stdout).toMatch(/^regulator .*inspection 7/m);
        expect(trail.stdout).not.toContain('trust ');
    });

    it('exports what a file can be read from again', async () => {
        const again = join(folder, 'again.csv');
        expect((await poolproof('--as', 'bank-a', 'tape', 'export', dealId, '--out', again)).code).toBe(0);
        const [exported, recorded] = await Promise.all(
            [again, join(folder, 'loans.csv')].map(loans => loadLoans({ ...sample, loans })),
        );
        const byNumber = (loans: readonly Loan[] = []) => loans.map(({ cells }) => cells).sort();
        expect(byNumber(exported)).toEqual(byNumber(recorded));
    });

    it('proves loans to anybody, who checks them without asking', async () => {
        const drawn = ['prove', dealId, '--sample', '3', '--seed', 'audit', '--out', 'sample.json'];
        expect(await poolproof('--as', 'trust', ...drawn)).toMatchObject({ code: 0, stdout: '' });
        const again = await poolproof('--as', 'bank-a', ...drawn.slice(0, -2));
        expect(again.stdout).toBe(await readFile(join(folder, 'sample.json'), 'utf8'));
        const tape = await poolproof('--as', 'fund', '--json', 'tape', 'read', dealId);
        await writeFile(join(folder, 'tape.json'), tape.stdout);
        const { root } = JSON.parse(tape.stdout) as { root: string };
        for (const given of [root, 'tape.json']) {
            const { code, stdout } = await poolproof('verify', 'sample.json', '--root', given);
            expect([code, stdout.match(/ yes$/gm)?.length]).toEqual([0, 3]);
        }
        expect((await poolproof('--as', 'fund', 'verify', 'sample.json', '--show')).stdout).toMatch(
            /^originatorName /m,
        );
    });

    it('... and whoever is shown a loan that was tampered with, or under another root, is told no', async () => {
        const text = await readFile(join(folder, 'sample.json'), 'utf8');
        const proofs = JSON.parse(text) as { proofs: { proof: { cells: unknown[] } }[] };
        proofs.proofs[1]?.proof.cells.splice(3, 1, 1);
        await writeFile(join(folder, 'tampered.json'), JSON.stringify(proofs));
        const tampered = await poolproof('verify', 'tampered.json', '--root', 'tape.json');
        expect([tampered.code, tampered.stdout.match(/ NO /g)?.length]).toEqual([9, 1]);
        expect((await poolproof('verify', 'sample.json', '--root', '0'.repeat(64))).code).toBe(9);
        const asks = await poolproof('verify', 'sample.json');
        expect([asks.code, asks.stderr]).toEqual([2, expect.stringContaining('no connection is needed where --root')]);
    });

    it('... and the other bank can prove none', async () => {
        expect((await poolproof('--as', 'bank-b', 'prove', dealId, '--sample', '1')).code).toBe(4);
    });

    it('shows the network from where it stands', async () => {
        const status = await poolproof('--as', 'fund', '--json', 'network', 'status');
        expect(JSON.parse(status.stdout)).toMatchObject({
            institution: 'FundMSP',
            chaincode: 'poolproof',
            sequence: 1,
        });
        const peers = await poolproof('--as', 'fund', '--json', 'network', 'peers');
        const { height } = JSON.parse(status.stdout) as { height: string };
        const rows = JSON.parse(peers.stdout) as { institution: string; height: string }[];
        expect(new Set(rows.map(({ institution }) => institution)).size).toBe(5);
        expect(rows.every(row => row.height === height)).toBe(true);
    });

    it.each([
        ['a command that does not exist', ['deal', 'sing'], 2, "unknown command 'sing'"],
        ['an argument left out', ['deal', 'read'], 2, "missing required argument 'deal'"],
        ['a file that is not there', ['deal', 'open', 'x', 'none.json'], 2, 'none.json'],
        ['a tape that is cut off', ['tape', 'record', '%', 'cut.csv'], 2, 'cut.csv, line 21: no line end'],
        ['terms with an unknown field', ['deal', 'open', 'bad-terms', 'bad.json'], 2, 'TERMS_INVALID: surprise'],
        ['a deal that does not exist', ['deal', 'read', 'nowhere'], 3, 'NOT_FOUND: there is no deal nowhere'],
        ['a transaction id that is none', ['outcome', '3f1c'], 2, '3f1c: no transaction id'],
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
});
