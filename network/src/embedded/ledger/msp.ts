import { X509Certificate } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { bytesAsKey } from './digest';
import { signedHere, verifySignature } from './signature';

/** One organisation's certificate authorities as the channel configuration names them. */
export interface MspConfig {
    readonly mspId: string;
    readonly rootCertificatesPem: readonly string[];
    readonly intermediateCertificatesPem?: readonly string[];
    readonly tlsRootCertificatesPem?: readonly string[];
}

export type MspRole = 'admin' | 'client' | 'member' | 'orderer' | 'peer';

/** An identity is not of the channel. The message is Fabric's own. */
export class MspError extends Error {
    override readonly name = 'MspError';
}

/** The organisations of a channel, able to read and judge identities. Shared by the peers of a process; remembers what it has read. */
export class MspRegistry {
    private readonly organisations: ReadonlyMap<string, Organisation>;
    private readonly identities = new Map<string, ChannelIdentity>();

    constructor(configs: readonly MspConfig[]) {
        this.organisations = new Map(configs.map(config => [config.mspId, readOrganisation(config)]));
    }

    /** Read a msp.SerializedIdentity. @throws MspError where Fabric would fail to deserialise it. */
    identify(serialized: Uint8Array): ChannelIdentity {
        const key = bytesAsKey(serialized);
        let identity = this.identities.get(key);
        if (identity === undefined) {
            identity = this.read(serialized);
            if (this.identities.size >= REMEMBERED) this.identities.clear();
            this.identities.set(key, identity);
        }
        return identity;
    }

    private read(serialized: Uint8Array): ChannelIdentity {
        const message = decodeIdentity(serialized);
        const organisation = this.organisations.get(message.getMspid());
        if (organisation === undefined) throw new MspError(`MSP ${message.getMspid()} is not defined on channel`);
        return new ChannelIdentity(organisation, serialized, Buffer.from(message.getIdBytes_asU8()).toString('utf8'));
    }
}

const REMEMBERED = 10_000;

/** An identity of one of the channel's organisations: a certificate that may or may not be valid. */
export class ChannelIdentity {
    /** Same for the same certificate of the same organisation. */
    readonly id: string;
    readonly certificate: X509Certificate;
    /** Organisational units in the certificate's subject, among them the one that tells its role. */
    readonly units: readonly string[];
    private readonly problem: MspError | undefined;
    private readonly lastDay: Date;

    constructor(
        private readonly organisation: Organisation,
        readonly serialized: Uint8Array,
        readonly certificatePem: string,
    ) {
        this.certificate = parseCertificate(certificatePem);
        this.id = `${organisation.mspId}:${this.certificate.fingerprint256}`;
        this.units = unitsOf(this.certificate.subject);
        this.problem = problemOf(this.certificate, this.units, organisation);
        this.lastDay = new Date(this.certificate.validTo);
    }

    get mspId(): string {
        return this.organisation.mspId;
    }

    /**
     * @throws MspError unless the certificate was issued by the organisation's authority and has exactly one role. Expiry does not
     * matter here: Fabric judges a certificate as of its first second, so that old blocks stay valid; see `expired`.
     */
    validate(): void {
        if (this.problem !== undefined) throw this.problem;
    }

    /** Whether the certificate's time has run out, which an endorser checks of its clients. */
    expired(now: Date): boolean {
        return now > this.lastDay;
    }

    /** Whether the DER signature, low S only, is this identity's over SHA-256 of the message. */
    verify(message: Uint8Array, signature: Uint8Array): boolean {
        return verifySignature(this.id, this.certificate.publicKey, message, signature);
    }

    /** This process has just signed the message with this identity's key: it need not be verified here. */
    signedHere(message: Uint8Array, signature: Uint8Array): void {
        signedHere(this.id, message, signature);
    }

    hasRole(mspId: string, role: MspRole): boolean {
        if (mspId !== this.mspId || this.problem !== undefined) return false;
        return role === 'member' || this.units.includes(role);
    }

    /** Whether the identity is what the principal asks for. Kinds that X.509 cannot answer are never satisfied. */
    satisfies(principal: msp.MSPPrincipal): boolean {
        const bytes = principal.getPrincipal_asU8();
        switch (principal.getPrincipalClassification()) {
            case msp.MSPPrincipal.Classification.ROLE: {
                const role = msp.MSPRole.deserializeBinary(bytes);
                const name = roleNames[role.getRole()];
                return name !== undefined && this.hasRole(role.getMspIdentifier(), name);
            }
            case msp.MSPPrincipal.Classification.ORGANIZATION_UNIT: {
                const unit = msp.OrganizationUnit.deserializeBinary(bytes);
                return (
                    this.hasRole(unit.getMspIdentifier(), 'member') &&
                    this.units.includes(unit.getOrganizationalUnitIdentifier())
                );
            }
            case msp.MSPPrincipal.Classification.IDENTITY:
                return Buffer.compare(bytes, this.serialized) === 0;
            case msp.MSPPrincipal.Classification.COMBINED: {
                const parts = msp.CombinedPrincipal.deserializeBinary(bytes).getPrincipalsList();
                return parts.length > 0 && parts.every(part => this.satisfies(part));
            }
            default:
                return false;
        }
    }
}

/** Names of msp.MSPRole's values, in their order. */
export const roleNames: readonly MspRole[] = ['member', 'admin', 'client', 'peer', 'orderer'];

const nodeRoles = ['client', 'peer', 'admin', 'orderer'];

interface Organisation {
    readonly mspId: string;
    readonly roots: readonly X509Certificate[];
    readonly intermediates: readonly X509Certificate[];
}

function readOrganisation(config: MspConfig): Organisation {
    return {
        mspId: config.mspId,
        roots: config.rootCertificatesPem.map(parseCertificate),
        intermediates: (config.intermediateCertificatesPem ?? []).map(parseCertificate),
    };
}

function decodeIdentity(serialized: Uint8Array): msp.SerializedIdentity {
    try {
        return msp.SerializedIdentity.deserializeBinary(serialized);
    } catch (error) {
        throw new MspError(`could not deserialize a SerializedIdentity: ${(error as Error).message}`);
    }
}

function parseCertificate(pem: string): X509Certificate {
    if (!pem.includes('-----BEGIN')) throw new MspError('could not decode the PEM structure');
    try {
        return new X509Certificate(pem);
    } catch (error) {
        throw new MspError(`parseCertificate failed: ${(error as Error).message}`);
    }
}

/** Organisational units of a subject, one a line or, as Fabric CA writes them, several joined by plus signs. */
function unitsOf(subject: string): readonly string[] {
    return subject
        .split(/\n|(?<!\\) \+ /)
        .filter(part => part.startsWith('OU='))
        .map(part => part.slice(3));
}

function problemOf(
    certificate: X509Certificate,
    units: readonly string[],
    organisation: Organisation,
): MspError | undefined {
    if (certificate.ca) {
        return new MspError(
            'could not obtain certification chain: An X509 certificate with Basic Constraint: Certificate Authority equals true cannot be used as an identity',
        );
    }
    if (!isIssued(certificate, organisation, new Date(certificate.validFrom).getTime() + 1000)) {
        return new MspError(
            'could not obtain certification chain: the supplied identity is not valid: x509: certificate signed by unknown authority',
        );
    }
    const roles = units.filter(unit => nodeRoles.includes(unit));
    if (roles.length === 1) return undefined;
    const problem =
        roles.length === 0
            ? 'the identity does not have an OU that resolves to client, peer, orderer, or admin role'
            : 'the identity must have a client, a peer, an orderer, or an admin OU role to be valid, not a combination of them';
    return new MspError(
        `could not validate identity's OUs: ${problem}. OUs: [${units.join(' ')}], MSP: [${organisation.mspId}]`,
    );
}

/** Whether the certificate leads to a root of the organisation, all authorities on the way being valid at the time. */
function isIssued(certificate: X509Certificate, organisation: Organisation, at: number, depth = 0): boolean {
    const issuedBy = (authority: X509Certificate): boolean =>
        authority.ca &&
        new Date(authority.validFrom).getTime() <= at &&
        at <= new Date(authority.validTo).getTime() &&
        certificate.checkIssued(authority) &&
        certificate.verify(authority.publicKey);
    if (organisation.roots.some(issuedBy)) return true;
    if (depth > organisation.intermediates.length) return false;
    return organisation.intermediates.some(
        authority => issuedBy(authority) && isIssued(authority, organisation, at, depth + 1),
    );
}
