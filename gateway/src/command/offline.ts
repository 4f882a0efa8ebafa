import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';

import { shape } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { asText, print } from './print';
import { atDesk, completed, withDesk } from './desk';
import { fromFile } from './request-file';
import { identityFrom } from '../identity/source';
import { printed } from './receipt';
import { readStep } from '../offline-step';
import { signingWith } from '../client/signer';
import { wordsFor } from './signing-words';
import { InputError } from '../input-error';

import type { Connection } from '../connection';
import type { DeskOptions } from './desk';
import type { OfflineDesk, UnsignedCommit, UnsignedProposal, UnsignedTransaction } from '../offline';
import type { StepContent, Unsigned } from '../offline-step';

const { list, object, oneOf, optional, text } = shape;
const most = 40_000_000;

/** What is carried between the two machines: a step, and once it is signed its signature. */
const carriedReader = object({
    stage: oneOf('proposal', 'transaction', 'commit'),
    transaction: text(),
    requestId: text(),
    transactionId: text(),
    bytes: text(most),
    digest: text(),
    answer: optional(text(most)),
    endorsedBy: optional(list(text())),
    signature: optional(text()),
});
type Carried = ReturnType<typeof carriedReader>;

const example = `
Example: the trustee's officer closes a deal with a key that is on no network
  poolproof --as trust offline prepare --signatory officer.pem --out close-1.json -- deal close auto-2026-1
  poolproof --msp TrustMSP --cert officer.pem --key officer.key offline sign close-1.json --out close-2.json
  poolproof --as trust offline endorse close-2.json --out close-3.json
  poolproof --msp TrustMSP --cert officer.pem --key officer.key offline sign close-3.json --out close-4.json
  poolproof --as trust offline submit close-4.json --out close-5.json
  poolproof --as trust offline complete close-5.json

Nothing is written before submit. Every step may be repeated. After a conflict, prepare again with --request-id: it takes effect once.`;

/** @param newProgram the command line itself, whose commands are prepared */
export function offlineCommand(newProgram: () => Command): Command {
    const offline = new Command('offline').description(
        'requests of somebody whose key is on no network: prepared here, signed there, sent from here',
    );
    offline.addCommand(prepareCommand(newProgram));
    offline.addCommand(showCommand(newProgram));
    offline.addCommand(signCommand(newProgram));
    step('endorse', 'have the peers endorse a signed proposal; what comes is to be signed again', 'proposal')
        .requiredOption('--out <file>', 'the transaction to be signed')
        .addHelpText('after', '\nExample:\n  poolproof --as trust offline endorse close-2.json --out close-3.json')
        .action(
            atSignedStep('proposal', (officer, proposal, signature) =>
                officer.endorse(proposal as UnsignedProposal, signature),
            ),
        );
    step('submit', 'send a signed transaction for ordering; its outcome is asked for by complete', 'transaction')
        .requiredOption('--out <file>', 'the question for the outcome, which may be signed')
        .addHelpText('after', '\nExample:\n  poolproof --as trust offline submit close-4.json --out close-5.json')
        .action(
            atSignedStep('transaction', (officer, transaction, signature) =>
                officer.submit(transaction as UnsignedTransaction, signature),
            ),
        );
    step(
        'complete',
        'wait until a transaction is on the ledger; unless signed, it is asked in the name of the desk',
        '',
    )
        .addHelpText('after', '\nExample:\n  poolproof --as trust offline complete close-5.json')
        .action(atDesk((connection, [path = '']) => complete(connection, path)));
    return offline.addHelpText('after', example);

    function step(name: string, description: string, stage: string): Command {
        const file = stage === '' ? 'as submit writes it, signed or not' : `the signed ${stage}`;
        const command = new Command(name).description(description).argument('<file>', file);
        offline.addCommand(command);
        return command;
    }
}

function prepareCommand(newProgram: () => Command): Command {
    return new Command('prepare')
        .description('make the request of any other command a proposal to be signed elsewhere; nothing is sent')
        .argument('<command...>', 'after --: the command as it would be called')
        .requiredOption('--signatory <file>', 'certificate (PEM) of who signs, of the same institution')
        .requiredOption('--out <file>', 'the proposal; it holds the private input, and only you may read it')
        .addHelpText(
            'after',
            '\nExample:\n  poolproof --as trust offline prepare --signatory officer.pem --out close-1.json -- deal close auto-2026-1\n\n' +
                "What the request must look up first is asked in the desk's own name.",
        )
        .action(async (words: string[], own: { signatory: string; out: string }, command: Command) => {
            const options: DeskOptions = command.optsWithGlobals();
            const certificatePem = readFileSync(own.signatory, 'utf8');
            await withDesk(options, async connection => {
                const officer = connection.offline({ mspId: connection.mspId, certificatePem });
                let proposal: UnsignedProposal | undefined;
                const program = newProgram();
                for (const [name, value] of Object.entries(command.optsWithGlobals<object>()))
                    program.setOptionValueWithSource(name, value, 'cli');
                program.setOptionValue('prepare', async (act: (connection: Connection) => Promise<unknown>) => {
                    proposal = await officer.prepare(desk =>
                        act(Object.assign(Object.create(connection) as Connection, desk)),
                    );
                });
                await program.parseAsync(words, { from: 'user' });
                if (!proposal) throw new InputError(`${words.join(' ')}: sends no request`);
                hand(proposal, own.out, options);
            });
        });
}

function showCommand(newProgram: () => Command): Command {
    return new Command('show')
        .description('say in words what a file asks to be signed, or is the signature of; without a network')
        .argument('<file>')
        .addHelpText('after', '\nExample:\n  poolproof offline show close-1.json')
        .action((path: string, _own: object, command: Command) => {
            const { json }: DeskOptions = command.optsWithGlobals();
            const signing = readStep(unsigned(fromFile(path, carriedReader)));
            print(json ? factsOf(signing) : wordsFor(signing, newProgram()), { json: json ?? false });
        });
}

function signCommand(newProgram: () => Command): Command {
    return new Command('sign')
        .description('sign what a file asks for, on a machine without a network, after having said in words what it is')
        .argument('<file>')
        .requiredOption('--out <file>', 'the same, signed')
        .option('--yes', 'without being asked, for a machine that decides otherwise')
        .addHelpText(
            'after',
            '\nExamples:\n  poolproof --wallet vault --identity officer offline sign close-1.json --out close-2.json\n' +
                '  poolproof --msp TrustMSP --cert officer.pem --key officer.key offline sign close-3.json --out close-4.json --yes',
        )
        .action(async (path: string, own: { out: string; yes?: boolean }, command: Command) => {
            const options = completed(command.optsWithGlobals<DeskOptions>());
            const step = unsigned(fromFile(path, carriedReader));
            const signing = readStep(step);
            const { mspId, certificatePem, privateKeyPem, signer } = identityFrom(options);
            const { signatory } = signing;
            if (mspId !== signatory.mspId || certificatePem.trim() !== signatory.certificatePem.trim())
                throw new InputError(`it is for ${signatory.mspId}, ${nameOf(signatory.subject)} to sign, not for you`);
            process.stderr.write(asText(wordsFor(signing, newProgram())));
            if (!own.yes && !(await isAgreed())) throw new InputError('not signed');
            const key = signingWith(signer ?? privateKeyPem ?? '');
            const signature = await key.signer?.(key.hash(signing.message));
            hand({ ...step, signature: Buffer.from(signature ?? []).toString('base64') }, own.out, options);
        });
}

async function isAgreed(): Promise<boolean> {
    if (!process.stdin.isTTY) throw new InputError('nobody is there to be asked: --yes signs without asking');
    const asked = createInterface({ input: process.stdin, output: process.stderr });
    try {
        return /^y(es)?$/i.test((await asked.question('Sign this? [y/N] ')).trim());
    } finally {
        asked.close();
    }
}

type Go = (officer: OfflineDesk, step: Unsigned, signature: Uint8Array) => Promise<Unsigned>;

/** Sends a signed step, and writes the next to be signed. */
function atSignedStep(stage: Unsigned['stage'], go: Go) {
    return atDesk(async (connection, [path = ''], { out = '', json }) => {
        const carried = fromFile(path, carriedReader);
        if (carried.stage !== stage) throw new InputError(`${path} is a ${carried.stage}, not a ${stage}`);
        if (carried.signature === undefined) throw new InputError(`${path} is not signed`);
        const step = unsigned(carried);
        const { signatory } = readStep(step);
        const next = await go(connection.offline(signatory), step, Buffer.from(carried.signature, 'base64'));
        hand(next, out, { json: json !== undefined });
    });
}

async function complete(connection: Connection, path: string): Promise<object> {
    const carried = fromFile(path, carriedReader);
    if (carried.stage !== 'commit') throw new InputError(`${path} is a ${carried.stage}, not a commit`);
    const step = unsigned(carried) as UnsignedCommit;
    const { signature } = carried;
    const officer = connection.offline(readStep(step).signatory);
    return printed(officer.complete(step, signature === undefined ? undefined : Buffer.from(signature, 'base64')));
}

/** The step without its signature, as the library has it. */
function unsigned({ signature: _signature, ...step }: Carried): Unsigned {
    return step as Unsigned;
}

/** Writes what is carried on, for its owner alone to read, and says what it is. */
function hand(step: Carried | Unsigned, path: string, { json }: { readonly json?: boolean }): void {
    writeFileSync(path, `${JSON.stringify(step, undefined, 4)}\n`, { mode: 0o600 });
    const { stage, transaction, requestId, transactionId } = step;
    const signed = 'signature' in step && step.signature !== undefined;
    print({ file: path, stage, signed, transaction, requestId, transactionId }, { json: json ?? false });
}

function factsOf({ message: _message, signatory, asked, ...rest }: StepContent): object {
    const { certificatePem: _certificate, ...who } = signatory;
    return { ...rest, signatory: who, ...(asked && { asked: { ...asked, made: asked.made.toISOString() } }) };
}

/** `officer` of the subject of a certificate. */
function nameOf(subject: string): string {
    return /CN=([^\n]+)/.exec(subject)?.[1] ?? subject;
}
