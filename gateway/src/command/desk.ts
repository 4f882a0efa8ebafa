import { existsSync } from 'node:fs';

import { Option } from 'commander';

import { connect } from '../connection';
import { print } from './print';
import { identityFrom } from '../identity/source';
import { readJsonFile } from '../json-file';
import { readProfile } from '../profile';
import { tellLeftBehind } from './left-behind';
import { watchedBy } from './observe';
import { InputError } from '../input-error';

import type { Command } from 'commander';
import type { Connection } from '../connection';
import type { IdentitySource } from '../identity/source';
import type { ObserveOptions } from './observe';

/** Where a command finds its peers and its identity: options, or environment variables of the same meaning. */
export interface DeskOptions extends IdentitySource, ObserveOptions {
    readonly as?: string;
    readonly profile?: string;
    readonly channel?: string;
    readonly chaincode?: string;
    readonly journal?: string;
    readonly json?: boolean;
    readonly long?: boolean;
    readonly purpose?: string;
    readonly requestId?: string;
    /** Takes the one request of the command instead of the network: see `offline prepare`. */
    readonly prepare?: (act: (connection: Connection) => Promise<unknown>) => Promise<void>;
}

type Options = Readonly<Record<string, string>>;

/** What a command does over a connection, with its arguments; what it returns is printed. */
export type Act = (connection: Connection, args: readonly string[], options: Options) => Promise<unknown>;

/** The file that names desks: `{ "bank-a": { "profile": "...", "wallet": "...", "identity": "..." } }`. */
const desksFile = process.env['POOLPROOF_DESKS'] ?? 'poolproof.json';

/** An action of a command that needs a connection: connects, acts, prints the result, and disconnects. */
export function atDesk(act: Act): (...given: unknown[]) => Promise<void> {
    return async (...given) => {
        const command = given.at(-1) as Command;
        const options: DeskOptions & Options = command.optsWithGlobals();
        if (options.prepare) return options.prepare(connection => act(connection, command.args, options));
        await withDesk(options, async connection => {
            if (command.name() !== 'recover') await tellLeftBehind(connection);
            print(await act(connection, command.args, options), options);
        });
    };
}

/**
 * The same of a command that sends a request for every part of its work. It is called again where it broke off and goes on from there:
 * it needs no journal, and has no one request to be named or signed elsewhere.
 */
export function atDeskInParts(act: Act): (...given: unknown[]) => Promise<void> {
    return async (...given) => {
        const command = given.at(-1) as Command;
        const options: DeskOptions & Options = command.optsWithGlobals();
        const name = `${command.parent?.name()} ${command.name()} sends many requests`;
        if (options.requestId !== undefined) throw new InputError(`${name}: call it again, without --request-id`);
        if (options.prepare) throw new InputError(`${name}, and they cannot be signed elsewhere`);
        await withDesk(
            options,
            async connection => print(await act(connection, command.args, options), options),
            'in parts',
        );
    };
}

/** Acts over the connection that the options describe, watched as they say. */
export async function withDesk(
    options: DeskOptions,
    act: (connection: Connection) => Promise<void>,
    work?: 'in parts',
): Promise<void> {
    const { journal, ...found } = connectOptions(options);
    const watching = await watchedBy(options);
    const noting = work === 'in parts' ? {} : { journal };
    const connection = connect({ ...found, ...noting, ...watching.observed });
    if (options.purpose !== undefined) connection.audits.purpose = options.purpose;
    try {
        await act(connection);
    } finally {
        connection.close();
        await watching.end();
    }
}

/** Adds the options that say where a command works, as whom, and under whose eyes. */
export function withDeskOptions(program: Command): Command {
    return program
        .option('--as <desk>', 'desk named in poolproof.json, or in the file POOLPROOF_DESKS names')
        .addOption(new Option('--profile <file>', 'common connection profile, JSON or YAML').env('POOLPROOF_PROFILE'))
        .addOption(new Option('--wallet <folder>', 'wallet folder').env('POOLPROOF_WALLET'))
        .addOption(new Option('--identity <name>', 'name of the identity in the wallet').env('POOLPROOF_IDENTITY'))
        .addOption(new Option('--msp <id>', 'MSP id, with --cert and --key or --pkcs11').env('POOLPROOF_MSP'))
        .addOption(new Option('--cert <file>', 'certificate, PEM').env('POOLPROOF_CERT'))
        .addOption(new Option('--key <file>', 'private key, PEM').env('POOLPROOF_KEY'))
        .addOption(
            new Option('--pkcs11 <library>', 'PKCS#11 library of the device with the key').env('POOLPROOF_PKCS11'),
        )
        .addOption(new Option('--token <label>', "the device's token").env('POOLPROOF_TOKEN'))
        .addOption(new Option('--pin <file>', "file of the token's PIN").env('POOLPROOF_PIN_FILE'))
        .addOption(new Option('--key-id <hex>', 'CKA_ID of the key in the device').env('POOLPROOF_KEY_ID'))
        .addOption(new Option('--channel <name>', 'channel').env('POOLPROOF_CHANNEL'))
        .addOption(new Option('--chaincode <name>', 'chaincode').env('POOLPROOF_CHAINCODE'))
        .addOption(
            new Option(
                '--journal <folder>',
                'where requests are noted until their outcome is known; beside the profile unless stated',
            ).env('POOLPROOF_JOURNAL'),
        )
        .option('--request-id <id>', 'send under this id: what was sent under it before takes effect once')
        .hook('preAction', letDeskCount);
}

/** What says where and as whom: all that a desk may say of itself, but for the folder of its journal. */
const whereAndWho = 'profile channel chaincode wallet identity msp cert key pkcs11 token pin keyId'.split(' ');

/** Whoever names a desk means it, whatever variables say for commands that name none; other options still count. */
function letDeskCount(program: Command): void {
    if (program.opts<DeskOptions>().as === undefined) return;
    for (const name of whereAndWho)
        if (program.getOptionValueSource(name) === 'env') program.setOptionValueWithSource(name, undefined, undefined);
}

/** Adds the option that says why somebody who is no party of a deal reads its loans: it stands in the trail. */
export function withPurpose(command: Command): Command {
    return command.option('--purpose <text>', 'regulator: why the loans are read, for the trail', 'supervision');
}

/** What the options say of identity, peers and channel. @throws InputError naming what is missing */
export function connectOptions(given: DeskOptions) {
    const options = completed(given);
    const { channel, chaincode, requestId, journal } = options;
    if (options.profile === undefined)
        throw new InputError(`no connection profile: --profile, POOLPROOF_PROFILE or --as${desksAtHand()}`);
    return {
        identity: identityFrom(options),
        ...readProfile(options.profile),
        journal: journal ?? `${options.profile.replace(/\.[a-z]+$/i, '')}.journal`,
        ...(channel === undefined ? {} : { channel }),
        ...(chaincode === undefined ? {} : { chaincode }),
        ...(requestId === undefined ? {} : { newRequestId: once(requestId) }),
    };
}

/** Options, completed by what the desks file says of the desk they name. */
export function completed(options: DeskOptions): DeskOptions {
    if (options.as === undefined) return options;
    const desks = readDesks();
    const desk = desks[options.as];
    if (!desk) throw new InputError(`${desksFile} names no desk ${options.as}, only ${Object.keys(desks).join(', ')}`);
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    return { ...desk, ...given };
}

/** The desks that the desks file names. */
export function readDesks(): Readonly<Record<string, DeskOptions>> {
    if (!existsSync(desksFile))
        throw new InputError(`--as: no file ${desksFile} that names desks; POOLPROOF_DESKS names another`);
    return readJsonFile(desksFile) as Readonly<Record<string, DeskOptions>>;
}

/** Whom one might have meant. */
function desksAtHand(): string {
    return existsSync(desksFile) ? ` (${desksFile} names ${Object.keys(readDesks()).join(', ')})` : '';
}

function once(requestId: string): () => string {
    let given = false;
    return () => {
        if (given) throw new InputError('--request-id names one request, and this command sends another');
        given = true;
        return requestId;
    };
}
