import { X509Certificate } from 'node:crypto';

import { askAuthority } from './authority-call';
import { newCertificateRequest } from './certificate-request';
import { InputError } from '../input-error';

import type { Role } from '@poolproof/chaincode/domain';
import type { Credentials } from '../connection';
import type { Asker, AuthorityAddress } from './authority-call';

/** A person, or a service that works unattended, as the authority shall know it. */
export interface Enrollee {
    readonly name: string;
    /** What its desk does, besides `admin` who administers the institution's membership. None may only read. */
    readonly roles: readonly (Role | 'admin')[];
}

/** Why a certificate shall be trusted no longer (RFC 5280, 5.3.1), as Fabric CA spells it. */
export const revocationReasons = [
    'unspecified',
    'keycompromise',
    'affiliationchanged',
    'superseded',
    'cessationofoperation',
    'privilegewithdrawn',
] as const;

/** Why a certificate is withdrawn, in the words of RFC 5280. */
export type RevocationReason = (typeof revocationReasons)[number];

/** What was revoked, and what tells the network of it. */
export interface Revocation {
    /** Serial numbers of the certificates, hexadecimal. */
    readonly serialNumbers: readonly string[];
    /** All certificates of the authority that are revoked and not yet expired, PEM. In force once it stands in the channel's configuration. */
    readonly revocationListPem: string;
}

/**
 * An institution's Fabric CA, over its HTTP interface. Registering and revoking need a registrar: an identity to which the
 * authority gives `hf.Registrar.Roles`, `hf.Registrar.Attributes` and `hf.Revoker`.
 *
 * @example
 * const authority = new CertificateAuthority('BankAMSP', { url, tlsRootPem });
 * const registrar = await authority.enrol('registrar', secretFromItsOperator);
 * const secret = await authority.register(registrar, { name: 'clerk', roles: ['servicer'] });
 * const clerk = await authority.enrol('clerk', secret);
 * const bank = connect({ identity: clerk, peers });
 */
export class CertificateAuthority {
    constructor(
        /** MSP id of the institution. */
        readonly mspId: string,
        private readonly address: AuthorityAddress,
    ) {}

    /**
     * Announces somebody, whose certificates will carry the roles in the attribute `poolproof.role`.
     * @returns the secret with which they enrol, once
     * @throws EnrolmentFailure
     */
    async register(registrar: Credentials, { name, roles }: Enrollee): Promise<string> {
        const attribute = { name: 'poolproof.role', value: roles.join(','), ecert: true };
        const { secret } = await askAuthority<{ secret: string }>(this.address, registrar, 'register', {
            id: name,
            type: 'client',
            affiliation: '',
            max_enrollments: 1,
            attrs: roles.length === 0 ? [] : [attribute],
        });
        return secret;
    }

    /**
     * A first certificate, for a key that is made here and goes nowhere.
     * @throws EnrolmentFailure
     */
    enrol(name: string, secret: string): Promise<Credentials> {
        return this.certify(name, { name, secret }, 'enroll');
    }

    /**
     * A new certificate for a new key, before the old one expires. The old one stays valid until then, or until it is revoked.
     * @throws EnrolmentFailure
     */
    renew(identity: Credentials): Promise<Credentials> {
        return this.certify(nameIn(identity), identity, 'reenroll');
    }

    /**
     * Withdraws trust from a person, who can then enrol no more, or from one certificate alone.
     * @throws EnrolmentFailure
     */
    async revoke(
        registrar: Credentials,
        whom: { readonly name: string } | { readonly certificatePem: string },
        reason: RevocationReason = 'unspecified',
    ): Promise<Revocation> {
        const target = 'name' in whom ? { id: whom.name } : numbersOf(whom.certificatePem);
        const question = { ...target, reason, gencrl: true };
        type Answer = { readonly RevokedCerts?: readonly { readonly Serial: string }[]; readonly CRL: string };
        const answer = await askAuthority<Answer>(this.address, registrar, 'revoke', question);
        return {
            serialNumbers: (answer.RevokedCerts ?? []).map(({ Serial }) => Serial),
            revocationListPem: Buffer.from(answer.CRL, 'base64').toString('utf8'),
        };
    }

    private async certify(name: string, asker: Asker, endpoint: 'enroll' | 'reenroll'): Promise<Credentials> {
        const { privateKeyPem, requestPem } = await newCertificateRequest(name);
        const question = { certificate_request: requestPem };
        const { Cert } = await askAuthority<{ Cert: string }>(this.address, asker, endpoint, question);
        return { mspId: this.mspId, certificatePem: Buffer.from(Cert, 'base64').toString('utf8'), privateKeyPem };
    }
}

function nameIn({ certificatePem }: Credentials): string {
    const { subject } = new X509Certificate(certificatePem);
    const name = /^CN=(.*)$/m.exec(subject)?.[1];
    if (name === undefined) throw new InputError('the certificate names nobody');
    return name;
}

/** Serial number and authority key identifier, by which Fabric CA knows a certificate. */
function numbersOf(certificatePem: string): { readonly serial: string; readonly aki: string } {
    const certificate = new X509Certificate(certificatePem);
    return { serial: certificate.serialNumber.toLowerCase(), aki: authorityKeyOf(certificate.raw) };
}

/** Content of the extension 2.5.29.35, which holds the key identifier alone in certificates of Fabric CA. */
function authorityKeyOf(raw: Buffer): string {
    const identifier = Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x23]);
    const at = raw.indexOf(identifier);
    if (at < 0) throw new InputError('the certificate does not name the key of its authority');
    // An octet string, in it a sequence, in it the identifier: tag and length each.
    const start = at + identifier.length + 4;
    const length = raw[start + 1] ?? 0;
    return raw.subarray(start + 2, start + 2 + length).toString('hex');
}
