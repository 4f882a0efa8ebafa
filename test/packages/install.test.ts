import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(__dirname, '../../..');

/** A program in TypeScript that uses the packages as their types say. */
const typed = `
import { connect, Refused, type Connection, type Receipt } from '@poolproof/gateway';
import { parseTerms, type Institution, type Terms } from '@poolproof/chaincode/domain';
import { openNetwork, type Network } from '@poolproof/network';

export async function join(bank: Connection): Promise<Receipt<Institution> | Refused> {
    return bank.institutions.join({ id: 'bank-a', name: 'Bank A', roles: ['originator'] });
}
export const terms: Terms = parseTerms({});
export const network: Promise<Network> = openNetwork('docker', {} as never);
// @ts-expect-error a role that does not exist
void connect({} as never).institutions.join({ id: 'x', name: 'x', roles: ['king'] });
`;

describe('the packages, installed outside the repository', () => {
    let folder: string;

    beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), 'poolproof-packages-'));
        const workspaces = ['chaincode', 'gateway', 'network'].flatMap(name => ['-w', name]);
        const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, ...workspaces], {
            cwd: root,
        });
        const packed = (JSON.parse(stdout) as { filename: string }[]).map(({ filename }) => `./${filename}`);
        await writeFile(join(folder, 'package.json'), '{ "name": "empty", "private": true }');
        await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packed], { cwd: folder });
    }, 180_000);
    afterAll(() => rm(folder, { recursive: true }));

    it('run the example of the README', async () => {
        const readme = await readFile(join(root, 'README.md'), 'utf8');
        const example = /```js\n([^]*?)```/.exec(readme)?.[1] ?? '';
        expect(
            example
                .trim()
                .split('\n')
                .filter(line => line !== '').length,
        ).toBeLessThanOrEqual(24);
        await writeFile(join(folder, 'index.js'), example);
        const { stdout } = await run('node', ['index.js'], { cwd: folder });
        expect(stdout).toMatch(/^in block \d+, signed by \w+MSP(, \w+MSP){2}$/m);
        expect(stdout).toContain("roles: [ 'originator', 'servicer' ]");
    }, 60_000);

    it('carry their types', async () => {
        await writeFile(join(folder, 'typed.ts'), typed);
        const tsc = require.resolve('typescript/bin/tsc');
        const options = [
            '--noEmit',
            '--strict',
            '--module',
            'node16',
            '--target',
            'es2022',
            '--skipLibCheck',
            '--types',
            'node',
        ];
        const typeRoots = ['--typeRoots', join(root, 'node_modules/@types')];
        await run('node', [tsc, ...options, ...typeRoots, 'typed.ts'], { cwd: folder });
    }, 60_000);
});
