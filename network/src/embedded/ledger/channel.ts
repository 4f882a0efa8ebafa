import { common, peer } from '@hyperledger/fabric-protos';
import { bytesAsKey } from './digest';
import { MspRegistry } from './msp';
import type { ChannelIdentity, MspConfig } from './msp';
import { chooseLayouts, PolicyError, SignaturePolicy, signedBy } from './signature-policy';
import type { Layout } from './signature-policy';

/** What every member of the channel agrees on: the institutions and the orderers. */
export interface ChannelConfig {
    readonly channel: string;
    /** The application organisations, whose MSPs tell roles by organisational unit. */
    readonly institutions: readonly MspConfig[];
    readonly orderers: readonly MspConfig[];
}

/** Data signed by an identity, as policies look at it. */
export interface SignedData {
    readonly identity: Uint8Array;
    readonly data: Uint8Array;
    readonly signature: Uint8Array;
}

/** A policy that can be asked whether a set of identities, whose signatures were verified, satisfies it. */
export interface Policy {
    isSatisfiedBy(identities: readonly ChannelIdentity[]): boolean;
    /** Ways to satisfy it, for choosing endorsers. */
    layouts(): readonly Layout[];
}

/**
 * The channel's organisations and policies. The policies are those of Fabric's sample configuration: an organisation's Readers are its
 * admins, peers and clients, its Writers admins and clients, its Endorsement a peer; the channel's Endorsement and
 * LifecycleEndorsement a majority of the institutions.
 */
export class Channel {
    readonly msps: MspRegistry;
    private readonly policies = new Map<string, Policy>();
    private readonly signaturePolicies = new Map<string, SignaturePolicy>();

    constructor(readonly config: ChannelConfig) {
        this.msps = new MspRegistry([...config.institutions, ...config.orderers]);
        this.defineGroup('/Channel/Application', config.institutions);
        this.defineGroup('/Channel/Orderer', config.orderers);
        for (const name of ['Readers', 'Writers'])
            this.defineMeta(`/Channel/${name}`, ['/Channel/Application', '/Channel/Orderer'], name, 1);
        this.defineMeta('/Channel/Admins', ['/Channel/Application', '/Channel/Orderer'], 'Admins', 2);
    }

    get name(): string {
        return this.config.channel;
    }

    /** A policy by its path, such as `/Channel/Application/Writers`. An unknown one is satisfied by nobody. */
    policy(path: string): Policy {
        return this.policies.get(path) ?? nobody;
    }

    /** A signature policy by its bytes; one that cannot be read is satisfied by nobody. */
    signaturePolicy(envelope: Uint8Array): SignaturePolicy {
        const key = bytesAsKey(envelope);
        let policy = this.signaturePolicies.get(key);
        if (policy === undefined) {
            policy = readSignaturePolicy(envelope);
            this.signaturePolicies.set(key, policy);
        }
        return policy;
    }

    /** The policy of a chaincode or collection definition: peer.ApplicationPolicy bytes. */
    applicationPolicy(bytes: Uint8Array): Policy {
        const policy = peer.ApplicationPolicy.deserializeBinary(bytes);
        const signature = policy.getSignaturePolicy();
        return signature === undefined
            ? this.policy(policy.getChannelConfigPolicyReference())
            : this.signaturePolicy(signature.serializeBinary());
    }

    /** @throws PolicyError unless the signatures satisfy the policy. */
    check(path: string, signed: readonly SignedData[]): void {
        if (!this.policy(path).isSatisfiedBy(this.signers(signed))) {
            throw new PolicyError(`implicit policy evaluation failed - signature set did not satisfy policy ${path}`);
        }
    }

    /** The identities whose signatures are good, each once, in their order. */
    signers(signed: readonly SignedData[]): readonly ChannelIdentity[] {
        const signers = new Map<string, ChannelIdentity>();
        for (const { identity, data, signature } of signed) {
            const signer = this.identityOf(identity);
            if (signer === undefined || signers.has(signer.id) || !signer.verify(data, signature)) continue;
            signers.set(signer.id, signer);
        }
        return [...signers.values()];
    }

    /** A policy of one institution, such as its Endorsement. */
    organisationPolicy(mspId: string, name: 'Admins' | 'Endorsement' | 'Readers' | 'Writers'): Policy {
        return this.policy(`/Channel/Application/${mspId}/${name}`);
    }

    private identityOf(serialized: Uint8Array): ChannelIdentity | undefined {
        try {
            return this.msps.identify(serialized);
        } catch {
            return undefined;
        }
    }

    private defineGroup(path: string, organisations: readonly MspConfig[]): void {
        const majority = Math.floor(organisations.length / 2) + 1;
        const members = organisations.map(({ mspId }) => `${path}/${mspId}`);
        for (const { mspId } of organisations) this.defineOrganisation(`${path}/${mspId}`, mspId);
        this.defineMeta(`${path}/Readers`, members, 'Readers', 1);
        this.defineMeta(`${path}/Writers`, members, 'Writers', 1);
        this.defineMeta(`${path}/Admins`, members, 'Admins', majority);
        if (path.endsWith('Orderer')) {
            this.defineMeta(`${path}/BlockValidation`, members, 'Writers', 1);
        } else {
            this.defineMeta(`${path}/Endorsement`, members, 'Endorsement', majority);
            this.defineMeta(`${path}/LifecycleEndorsement`, members, 'Endorsement', majority);
        }
    }

    private defineOrganisation(path: string, mspId: string): void {
        for (const [name, policy] of Object.entries(organisationPolicies(mspId))) {
            this.policies.set(`${path}/${name}`, new SignaturePolicy(policy));
        }
    }

    private defineMeta(path: string, groups: readonly string[], name: string, count: number): void {
        this.policies.set(
            path,
            new MetaPolicy(
                groups.map(group => this.policy(`${group}/${name}`)),
                count,
            ),
        );
    }
}

/** The policies that an organisation has in the channel configuration, by name. */
export function organisationPolicies(mspId: string): Readonly<Record<string, common.SignaturePolicyEnvelope>> {
    const any = (...roles: ('admin' | 'client' | 'member' | 'peer')[]): common.SignaturePolicyEnvelope =>
        signedBy(roles.map(role => ({ mspId, role })));
    return {
        Admins: any('admin'),
        Endorsement: any('peer'),
        Readers: any('admin', 'peer', 'client'),
        Writers: any('admin', 'client'),
    };
}

/** Satisfied when enough of the policies below are. */
class MetaPolicy implements Policy {
    constructor(
        private readonly below: readonly Policy[],
        private readonly count: number,
    ) {}

    isSatisfiedBy(identities: readonly ChannelIdentity[]): boolean {
        return this.below.filter(policy => policy.isSatisfiedBy(identities)).length >= this.count;
    }

    layouts(): readonly Layout[] {
        return chooseLayouts(
            this.below.map(policy => policy.layouts()),
            this.count,
        );
    }
}

function readSignaturePolicy(envelope: Uint8Array): SignaturePolicy {
    try {
        return new SignaturePolicy(common.SignaturePolicyEnvelope.deserializeBinary(envelope));
    } catch {
        return new SignaturePolicy(new common.SignaturePolicyEnvelope());
    }
}

const nobody: Policy = { isSatisfiedBy: () => false, layouts: () => [] };
