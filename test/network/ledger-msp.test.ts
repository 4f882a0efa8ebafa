import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { msp } from '@hyperledger/fabric-protos';
import { Authority } from '@poolproof/network/dist/authority';
import { Channel, MspRegistry, signedBy } from '@poolproof/network/dist/embedded/ledger';
import type { Layout, MspConfig } from '@poolproof/network/dist/embedded/ledger';

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

interface Pair {
    readonly certificate: x509.X509Certificate;
    readonly keys: webcrypto.CryptoKeyPair;
}

/** A certificate as authorities other than ours might make it. */
async function certify(
    name: x509.JsonName,
    issuer: Pair | undefined,
    { ca = false, notAfter = new Date('2099-01-01') } = {},
): Promise<Pair> {
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: '01',
        subject: name,
        issuer: issuer?.certificate.subjectName ?? new x509.Name(name).toString(),
        notBefore: new Date('2020-01-01'),
        notAfter,
        signingKey: (issuer?.keys ?? keys).privateKey,
        publicKey: keys.publicKey,
        signingAlgorithm: algorithm,
        extensions: [
            new x509.BasicConstraintsExtension(ca, undefined, true),
            new x509.KeyUsagesExtension(
                ca ? x509.KeyUsageFlags.keyCertSign : x509.KeyUsageFlags.digitalSignature,
                true,
            ),
        ],
    });
    return { certificate, keys };
}

function serialized(mspId: string, pem: string): Uint8Array {
    const message = new msp.SerializedIdentity();
    message.setMspid(mspId);
    message.setIdBytes(Buffer.from(pem));
    return message.serializeBinary();
}

describe('the membership of a channel', () => {
    let root: Pair;
    let intermediate: Pair;
    let registry: MspRegistry;

    beforeAll(async () => {
        root = await certify([{ CN: ['root'] }], undefined, { ca: true });
        intermediate = await certify([{ CN: ['intermediate'] }], root, { ca: true });
        const other = await Authority.create('ca.other', 'other');
        registry = new MspRegistry([
            {
                mspId: 'BankMSP',
                rootCertificatesPem: [root.certificate.toString('pem')],
                intermediateCertificatesPem: [intermediate.certificate.toString('pem')],
            },
            { mspId: 'OtherMSP', rootCertificatesPem: [other.certificatePem] },
        ]);
    });

    const identityOf = (pair: Pair, mspId = 'BankMSP'): ReturnType<MspRegistry['identify']> =>
        registry.identify(serialized(mspId, pair.certificate.toString('pem')));
    const named = (...units: string[]): x509.JsonName => [{ CN: ['someone'] }, ...units.map(unit => ({ OU: [unit] }))];

    it('knows an identity and its role', async () => {
        const identity = identityOf(await certify(named('peer'), root));
        expect(() => identity.validate()).not.toThrow();
        const roles = (['member', 'peer', 'client', 'admin', 'orderer'] as const).map(role =>
            identity.hasRole('BankMSP', role),
        );
        expect(roles).toEqual([true, true, false, false, false]);
        expect(identity.hasRole('OtherMSP', 'member')).toBe(false);
    });

    it('reads units that share one name with others, as Fabric CA writes them', async () => {
        const identity = identityOf(await certify([{ OU: ['client', 'retail'] }, { CN: ['someone'] }], root));
        expect([...identity.units].sort()).toEqual(['client', 'retail']);
        expect(identity.hasRole('BankMSP', 'client')).toBe(true);
    });

    it('does not take a role from inside another name', async () => {
        const identity = identityOf(await certify([{ CN: ['x + OU=admin'] }, { OU: ['client'] }], root));
        expect(identity.units).toEqual(['client']);
    });

    it('follows intermediate authorities', async () => {
        const identity = identityOf(await certify(named('client'), intermediate));
        expect(() => identity.validate()).not.toThrow();
    });

    it('refuses what another authority issued', async () => {
        const stranger = await certify([{ CN: ['root'] }], undefined, { ca: true });
        const identity = identityOf(await certify(named('client'), stranger));
        expect(() => identity.validate()).toThrow('certificate signed by unknown authority');
        expect(identity.hasRole('BankMSP', 'member')).toBe(false);
    });

    it("refuses a certificate under another organisation's name", async () => {
        const identity = identityOf(await certify(named('client'), root), 'OtherMSP');
        expect(() => identity.validate()).toThrow('certificate signed by unknown authority');
    });

    it.each([[[]], [['retail']], [['client', 'peer']]])('refuses an identity with the units %j', async units => {
        const identity = identityOf(await certify(named(...units), root));
        expect(() => identity.validate()).toThrow('OU');
    });

    it('refuses an authority as an identity', () => {
        expect(() => identityOf(intermediate).validate()).toThrow('cannot be used as an identity');
    });

    it('keeps an identity valid after its time, so that old blocks stay as they were judged', async () => {
        const identity = identityOf(await certify(named('client'), root, { notAfter: new Date('2021-01-01') }));
        expect(() => identity.validate()).not.toThrow();
        expect(identity.expired(new Date())).toBe(true);
    });

    it('names what it cannot read', () => {
        expect(() => registry.identify(serialized('NobodyMSP', 'x'))).toThrow(
            'MSP NobodyMSP is not defined on channel',
        );
        expect(() => registry.identify(serialized('BankMSP', 'x'))).toThrow('could not decode the PEM structure');
        expect(() => registry.identify(Buffer.from('garbage'))).toThrow('could not deserialize a SerializedIdentity');
    });
});

describe('who can satisfy policies', () => {
    const config = (mspId: string): MspConfig => ({ mspId, rootCertificatesPem: [] });
    const channel = new Channel({
        channel: 'trade',
        institutions: ['AMSP', 'BMSP', 'CMSP'].map(config),
        orderers: [config('OMSP')],
    });
    const names = (layouts: readonly Layout[]): string[] =>
        layouts
            .map(layout =>
                layout
                    .map(({ mspId, role }) => `${mspId}.${role}`)
                    .sort()
                    .join('+'),
            )
            .sort();

    it('is any two of three for a majority', () => {
        expect(names(channel.policy('/Channel/Application/Endorsement').layouts())).toEqual([
            'AMSP.peer+BMSP.peer',
            'AMSP.peer+CMSP.peer',
            'BMSP.peer+CMSP.peer',
        ]);
    });

    it('is nobody for a policy that asks for nobody', () => {
        const policy = channel.signaturePolicy(signedBy([], 0).serializeBinary());
        expect(policy.layouts()).toEqual([]);
        expect(policy.isSatisfiedBy([])).toBe(true);
    });

    it('is nobody for a policy that is not there', () => {
        expect(channel.policy('/Channel/Application/Nothing').layouts()).toEqual([]);
    });
});
