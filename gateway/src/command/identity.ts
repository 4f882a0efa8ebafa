import { readFileSync, writeFileSync } from 'node:fs';

import { Command, Option } from 'commander';

import { CertificateAuthority, revocationReasons } from '../enrolment/certificate-authority';
import { identityFrom } from '../identity/source';
import { toWallet } from '../identity/wallet';
import { readProfile } from '../profile';
import { completed } from './desk';
import { example } from './example';
import { print } from './print';
import { list } from './words';
import { InputError } from '../input-error';

import type { Credentials } from '../connection';
import type { Enrollee, RevocationReason } from '../enrolment/certificate-authority';
import type { DeskOptions } from './desk';

/** An institution's authority, and what the command line says besides. */
interface Counter {
    readonly authority: CertificateAuthority;
    readonly options: DeskOptions & Readonly<Record<string, string>>;
    readonly name: string;
    /** The desk's own identity, which signs. */
    readonly own: () => Credentials;
}

export function identityCommand(): Command {
    const identity = new Command('identity').description('people of the institution, at its certificate authority');
    identity
        .command('register <name>')
        .description('registrar: announce somebody; prints the secret with which they enrol')
        .option('--roles <roles>', 'what their desk does, separated by commas')
        .addHelpText('after', example('poolproof --as registrar identity register clerk --roles servicer'))
        .action(atAuthority(register));
    identity
        .command('enrol <name>')
        .description('put a first certificate and its key into the wallet')
        .requiredOption('--secret-file <file>', 'file with the secret from the registrar')
        .addHelpText(
            'after',
            example('poolproof --profile bank-a.json --wallet wallet identity enrol clerk --secret-file secret.txt'),
        )
        .action(atAuthority(enrol));
    identity
        .command('renew')
        .description("replace the desk's certificate and key in the wallet before it expires")
        .addHelpText('after', example('poolproof --as bank-a identity renew'))
        .action(atAuthority(renew));
    identity
        .command('revoke <name>')
        .description('registrar: withdraw trust from somebody; writes the revocation list for the channel')
        .addOption(new Option('--reason <reason>', 'why').choices(revocationReasons).default('unspecified'))
        .requiredOption('--list <file>', 'file for the revocation list')
        .addHelpText(
            'after',
            example('poolproof --as registrar identity revoke clerk --reason keycompromise --list revoked.pem'),
        )
        .action(atAuthority(revoke));
    return identity;
}

/** An action that asks the authority which the connection profile names. */
function atAuthority(act: (counter: Counter) => Promise<object>): (...given: unknown[]) => Promise<void> {
    return async (...words) => {
        const command = words.at(-1) as Command;
        const given: Counter['options'] = command.optsWithGlobals();
        const options = { ...given, ...completed(given) } as Counter['options'];
        if (options.profile === undefined)
            throw new InputError('no connection profile: --profile, POOLPROOF_PROFILE or --as');
        const { mspId, authority } = readProfile(options.profile);
        if (!authority) throw new InputError(`${options.profile} names no certificate authority`);
        const [name = ''] = command.args;
        const own = () => identityFrom(options);
        const result = await act({ authority: new CertificateAuthority(mspId, authority), options, name, own });
        print(result, options);
    };
}

async function register({ authority, options, name, own }: Counter): Promise<object> {
    const roles = list(options['roles']) as Enrollee['roles'];
    return { name, roles, secret: await authority.register(own(), { name, roles }) };
}

async function enrol({ authority, options, name }: Counter): Promise<object> {
    const wallet = walletOf(options);
    const secret = readFileSync(options['secretFile'] ?? '', 'utf8').trim();
    toWallet(wallet, name, await authority.enrol(name, secret));
    return { name, wallet };
}

async function renew({ authority, options, own }: Counter): Promise<object> {
    const wallet = walletOf(options);
    const { identity: name } = options;
    if (name === undefined) throw new InputError('no identity of the wallet: --identity, POOLPROOF_IDENTITY or --as');
    toWallet(wallet, name, await authority.renew(own()));
    return { name, wallet };
}

async function revoke({ authority, options, name, own }: Counter): Promise<object> {
    const reason = options['reason'] as RevocationReason;
    const { serialNumbers, revocationListPem } = await authority.revoke(own(), { name }, reason);
    const file = options['list'] ?? '';
    writeFileSync(file, revocationListPem);
    return { name, serialNumbers, list: file };
}

function walletOf({ wallet }: DeskOptions): string {
    if (wallet === undefined) throw new InputError('no wallet: --wallet, POOLPROOF_WALLET or --as');
    return wallet;
}
