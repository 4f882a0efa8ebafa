import { spawn } from 'node:child_process';
import {
    chmodSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { readConsortium } from '@poolproof/network';
import { must } from '@poolproof/network/dist/docker/run';

const differential = resolve('test/differential');
const onDocker = process.env['POOLPROOF_NETWORK'] === 'docker' ? describe : describe.skip;

interface Ran {
    readonly code: number | null;
    readonly printed: string;
}

onDocker('a docker network (npm run test:docker)', () => {
    /** Where the commands are called: their files lie below it. */
    const folder = mkdtempSync(join(tmpdir(), 'a folder with spaces '));
    const consortium = { ...readConsortium(join(differential, 'consortium.json')), name: 'living' };
    const consortiumFile = join(folder, 'consortium.json');
    let before: unknown;

    beforeAll(async () => {
        writeFileSync(consortiumFile, JSON.stringify(consortium));
        before = await everythingInDocker();
    });

    afterAll(async () => {
        await command(['down']);
        rmSync(folder, { recursive: true });
    }, 60_000);

    test.each([2, 5, 8])(
        'is brought up after a crash in step %i',
        async step => {
            const killed = await command(['up'], { until: `${step}/10` });
            expect(killed.code).toBeNull();
            const again = await command(['up']);
            expect(again).toMatchObject({ code: 0, printed: expect.stringContaining('is up in') });
            await expect(command(['status'])).resolves.toMatchObject({
                code: 0,
                printed: expect.stringContaining('script 1.0.0, sequence 1'),
            });
            if (step < 8) await command(['down']);
        },
        240_000,
    );

    test('stays as it is when it is brought up again, with the compose of either form', async () => {
        const heights = await heightsOf();
        await expect(command(['up'])).resolves.toMatchObject({ code: 0 });
        const hyphenated = onlyHyphenated();
        if (hyphenated === undefined) console.info('skipped: docker-compose is not installed');
        else await expect(command(['up'], { path: hyphenated })).resolves.toMatchObject({ code: 0 });
        expect(await heightsOf()).toEqual(heights);
    }, 120_000);

    test('leaves nothing behind once it is down', async () => {
        await expect(command(['down'])).resolves.toMatchObject({ code: 0 });
        await expect(everythingInDocker()).resolves.toEqual(before);
        expect(readdirSync(join(folder, '.poolproof', 'docker'))).toEqual([]);
    }, 60_000);

    test('is up within 90 s, with the five institutions of the example', async () => {
        const file = join(folder, 'example.json');
        const named = { ...readConsortium(resolve('network/consortium.json')), name: 'living-example' };
        writeFileSync(file, JSON.stringify(named));
        const example = ['--consortium', file, '--chaincode', resolve('chaincode')];
        const { code, printed } = await command(['up'], { options: example });
        expect(code).toBe(0);
        expect(Number(/is up in ([\d.]+) s/.exec(printed)?.[1])).toBeLessThan(90);
        await expectLockedPackages('living-example-chaincode');
        await expect(command(['down'], { options: example })).resolves.toMatchObject({ code: 0 });
        await expect(everythingInDocker()).resolves.toEqual(before);
    }, 180_000);

    /** Run one of the network's commands; with `until`, kill it as soon as it has printed that. */
    function command(
        words: readonly string[],
        { until, path, options }: { until?: string; path?: string; options?: readonly string[] } = {},
    ): Promise<Ran> {
        const chaincode = ['--chaincode', join(differential, 'chaincode')];
        const collections = ['--collections', join(differential, 'collections.json')];
        const own = ['--consortium', consortiumFile, ...chaincode, ...collections];
        const main = resolve('network/dist/docker/main.js');
        const environment = { ...process.env, POOLPROOF_PORT: '37050', ...(path === undefined ? {} : { PATH: path }) };
        return new Promise((settle, reject) => {
            const child = spawn(process.execPath, [main, ...words, ...(options ?? own)], {
                cwd: folder,
                env: environment,
            });
            let printed = '';
            const hear = (text: Buffer): void => {
                printed += text.toString();
                if (until !== undefined && printed.includes(until)) child.kill('SIGKILL');
            };
            child.stdout.on('data', hear);
            child.stderr.on('data', hear);
            child.on('error', reject);
            child.on('close', code => settle({ code, printed }));
        });
    }

    async function heightsOf(): Promise<readonly string[]> {
        return (await command(['status'])).printed.match(/height \d+/g) ?? [];
    }

    /** A search path on which docker has no compose of its own, and docker-compose stands beside it. */
    function onlyHyphenated(): string | undefined {
        const paths = (process.env['PATH'] ?? '').split(delimiter);
        const find = (name: string) => paths.map(each => join(each, name)).find(file => existsSync(file));
        const [docker, compose] = [find('docker'), find('docker-compose')];
        if (docker === undefined || compose === undefined) return undefined;
        const own = join(folder, 'bin');
        mkdirSync(own, { recursive: true });
        writeFileSync(join(own, 'docker'), `#!/bin/sh\n[ "$1" = compose ] && exit 1\nexec ${docker} "$@"\n`);
        chmodSync(join(own, 'docker'), 0o755);
        return [own, ...paths].join(delimiter);
    }
});

/** Containers, volumes, networks and images, whoever made them. */
async function everythingInDocker(): Promise<unknown> {
    const ask = async (...words: readonly string[]) => (await must('docker', words)).split('\n').sort();
    return {
        containers: await ask('ps', '--all', '--format', '{{.Names}}'),
        volumes: await ask('volume', 'ls', '--format', '{{.Name}}'),
        networks: await ask('network', 'ls', '--format', '{{.Name}}'),
        images: await ask('image', 'ls', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}'),
    };
}

/** The image holds what the lockfile names in the versions it names, and none of the tools of development. */
async function expectLockedPackages(image: string): Promise<void> {
    const lock = JSON.parse(readFileSync(resolve('package-lock.json'), 'utf8')) as {
        packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>;
    };
    const installed = await must('docker', ['run', '--rm', '--network', 'none', image, 'node', '--print', listing]);
    const packages = JSON.parse(installed) as Readonly<Record<string, string>>;
    expect(Object.keys(packages).length).toBeGreaterThan(50);
    for (const [place, version] of Object.entries(packages)) {
        expect({ place, ...lock.packages[place] }).toMatchObject({ place, version });
        expect(lock.packages[place]?.dev).toBeUndefined();
    }
}

/** Runs in the image: every installed package by its place below /app, and its version. */
const listing = `
    const { readdirSync, readFileSync } = require('node:fs');
    const found = {};
    for (const { parentPath, name } of readdirSync('/app', { recursive: true, withFileTypes: true })) {
        if (name !== 'package.json' || !/node_modules[/](@[^/]+[/])?[^/]+$/.test(parentPath)) continue;
        found[parentPath.slice('/app/'.length)] = JSON.parse(readFileSync(parentPath + '/' + name, 'utf8')).version;
    }
    JSON.stringify(found)`;
