import { connect } from '../connection';
import { asJson, asText } from './print';
import { identityFrom } from '../identity/source';
import { readJsonFile } from '../json-file';
import { readProfile } from '../profile';

import type { Command } from 'commander';
import type { Connection } from '../connection';
import type { PeerAddress } from '../client/channel';
import type { IdentitySource } from '../identity/source';

/** Where a command finds its peers and its identity: options, or environment variables of the same meaning. */
export interface DeskOptions extends IdentitySource {
    readonly as?: string;
    readonly profile?: string;
    readonly channel?: string;
    readonly chaincode?: string;
    readonly json?: boolean;
    readonly purpose?: string;
}

type Act = (
    connection: Connection,
    args: readonly string[],
    options: Readonly<Record<string, string>>,
) => Promise<unknown>;

/** The file that names desks: `{ "bank-a": { "profile": "...", "wallet": "...", "identity": "..." } }`. */
const desksFile = process.env['POOLPROOF_DESKS'] ?? 'poolproof.json';

/** An action of a command that needs a connection: connects, acts, prints the result, and disconnects. */
export function atDesk(act: Act): (...given: unknown[]) => Promise<void> {
    return async (...given) => {
        const command = given.at(-1) as Command;
        const options: DeskOptions & Record<string, string> = command.optsWithGlobals();
        const connection = openDesk(options);
        try {
            const result = await act(connection, command.args, options);
            if (result !== undefined) process.stdout.write(options.json ? asJson(result) : asText(result));
        } finally {
            connection.close();
        }
    };
}

/** The connection that the options describe, to these of their peers if stated. */
export function openDesk(options: DeskOptions, peers?: readonly PeerAddress[]): Connection {
    const connection = connect({ ...connectOptions(options), ...(peers && { peers }) });
    if (options.purpose !== undefined) connection.audits.purpose = options.purpose;
    return connection;
}

/** Adds the option that says why somebody who is no party of a deal reads its loans: it stands in the trail. */
export function withPurpose(command: Command): Command {
    return command.option('--purpose <text>', 'regulator: why the loans are read, for the trail', 'supervision');
}

/** What the options say of identity, peers and channel. @throws TypeError naming what is missing */
export function connectOptions(given: DeskOptions) {
    const options = withDesk(given);
    if (options.profile === undefined)
        throw new TypeError('no connection profile: --profile, POOLPROOF_PROFILE or --as');
    return {
        identity: identityFrom(options),
        ...readProfile(options.profile),
        ...(options.channel === undefined ? {} : { channel: options.channel }),
        ...(options.chaincode === undefined ? {} : { chaincode: options.chaincode }),
    };
}

/** Options, completed by what the desks file says of the desk they name. */
export function withDesk(options: DeskOptions): DeskOptions {
    if (options.as === undefined) return options;
    const desks = readJsonFile(desksFile) as Readonly<Record<string, DeskOptions>>;
    const desk = desks[options.as];
    if (!desk) throw new TypeError(`${desksFile} names no desk ${options.as}, only ${Object.keys(desks).join(', ')}`);
    return { ...desk, ...options };
}
