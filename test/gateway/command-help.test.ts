import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
    allotReader,
    authoriseRequest,
    batchReader,
    instructReader,
    placeOrderReader,
    openDealRequest,
    standingRecord,
} from '@poolproof/chaincode/domain';
import { newProgram } from '@poolproof/gateway/dist/command/program';

import { program as main } from '../setting/command-line';

import type { Command } from 'commander';

/** A command that was understood: its action is not for this test to carry out. */
class Understood extends Error {
    constructor(readonly command: Command) {
        super('understood');
    }
}

describe('the help of the command line', () => {
    const commands = leavesOf(newProgram());

    it('says of every command what it does, and of everyone whose business it is', () => {
        expect(commands.length).toBeGreaterThan(80);
        expect(commands.filter(({ command }) => command.description() === '').map(({ path }) => path)).toEqual([]);
    });

    it.each(commands.map(({ path, command }) => [path, { command }] as const))(
        'shows how to call it: %s',
        (path, { command }) => {
            expect(examplesIn(command).map(understood)).toContain(path);
        },
    );

    it.each([
        ['tranche authorise', (value: unknown) => authoriseRequest({ requestId: 'a', ...(value as object) }, 'file')],
        ['tranche order', placeOrderReader],
        ['tranche allot', allotReader],
        ['holding file', standingRecord],
        ['settle instruct', instructReader],
        ['settle batch', batchReader],
        [
            'deal open',
            (rules: unknown) => openDealRequest({ requestId: 'a', id: 'b', terms: {}, rules }, 'request') as unknown,
        ],
    ] as const)('shows a file that the contract accepts: %s', (path, reader) => {
        const { command } = commands.find(each => each.path === path) as Leaf;
        const [, json = ''] = /\.json:\n([^]*?)(?=\n\n|$)/.exec(helpOf(command)) ?? [];
        expect(() => (reader as (value: unknown, at: string) => unknown)(JSON.parse(json), 'file')).not.toThrow();
    });

    it('fits a screen of 80 columns, but for what is to be copied', () => {
        const wide = commands.flatMap(({ path, command }) => {
            const [described = ''] = helpOf(command).split(/\nExamples?:/);
            return described
                .split('\n')
                .filter(line => line.length > 80 && !line.startsWith('Usage:'))
                .map(line => `${path}: ${line}`);
        });
        expect(wide).toEqual([]);
    });

    it('lists the exit codes', () => {
        expect(helpOf(newProgram())).toMatch(/Exit codes:\n {2}0 {2}done\n {2}1 {2}/);
    });
});

describe('completion in bash', () => {
    let folder: string;

    beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), 'poolproof-completion-'));
        writeFileSync(join(folder, 'poolproof.json'), '{ "bank-a": {}, "bank-b": {}, "trust": {} }');
        writeFileSync(
            join(folder, 'script.sh'),
            `poolproof() { '${process.execPath}' '${main}' "$@"; }\n${execFileSync(process.execPath, [main, 'completion'], { encoding: 'utf8' })}`,
        );
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    /** What bash offers for a line that ends at the cursor. */
    function offered(line: string): string[] {
        const words = line.split(' ');
        const quoted = words.map(word => `'${word}'`).join(' ');
        const ask = `source ./script.sh; COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _poolproof; echo "\${COMPREPLY[*]}"`;
        return execFileSync('bash', ['-ec', ask], { cwd: folder, encoding: 'utf8' }).trim().split(' ');
    }

    it.each([
        ['poolproof dea', ['deal']],
        ['poolproof deal o', ['open']],
        ['poolproof --as bank-a deal o', ['open']],
        ['poolproof --as deal holding op', ['open-system', 'open-day', 'open-deposit']],
        ['poolproof --as b', ['bank-a', 'bank-b']],
        ['poolproof -V', ['-V']],
        ['poolproof deal open --ex', ['--exceptions']],
        ['poolproof deal open --exceptions ', ['adjust', 'refuse']],
        ['poolproof offline s', ['show', 'sign', 'submit']],
        ['poolproof --log-format j', ['json']],
        // A file: bash itself offers those that are there.
        ['poolproof --profile ', ['']],
        ['poolproof deal open x ', ['--asset-class', '--exceptions', '--rules']],
    ])('offers after "%s" what may follow', (line, words) => {
        expect(offered(line)).toEqual(words);
    });
});

interface Leaf {
    readonly path: string;
    readonly command: Command;
}

/** Commands that do something, by what is typed to call them. */
function leavesOf(parent: Command, path: readonly string[] = []): Leaf[] {
    return parent.commands.flatMap(command => {
        const own = [...path, command.name()];
        return command.commands.length > 0 ? leavesOf(command, own) : [{ path: own.join(' '), command }];
    });
}

function helpOf(command: Command): string {
    let text = '';
    command.configureOutput({ writeOut: part => (text += part), getOutHelpWidth: () => 80 });
    command.outputHelp();
    return text;
}

/** The calls that the help shows, as the words that a shell makes of them. */
function examplesIn(command: Command): string[][] {
    const calls = helpOf(command)
        .split('\n')
        .filter(line => line.startsWith('  poolproof '))
        .flatMap(line => line.split(' && '))
        .map(call => call.replace(/ >>? .*/, '').trim());
    return calls.map(call =>
        [...call.matchAll(/"([^"]*)"|<[^>]*>|(\S+)/g)].map(([all, quoted]) => quoted ?? all).slice(1),
    );
}

/** Names of the command that words call, once all its arguments and options are found to be there. */
function understood(words: readonly string[]): string {
    const program = newProgram().hook('preAction', (_, command) => {
        throw new Understood(command);
    });
    silence(program);
    const parsed = { command: program };
    try {
        program.parse(words, { from: 'user' });
    } catch (error) {
        if (!(error instanceof Understood)) throw error;
        parsed.command = error.command;
    }
    return parsed.command.parent === program || !parsed.command.parent
        ? parsed.command.name()
        : `${parsed.command.parent.name()} ${parsed.command.name()}`;
}

function silence(command: Command): void {
    command.configureOutput({ writeErr: () => undefined });
    command.commands.forEach(silence);
}
