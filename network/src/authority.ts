import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Fabric's extension for certificate attributes, read by ClientIdentity.getAttributeValue. */
const attributesExtension = '1.2.3.4.5.6.7.8.1';

const tenYears = 10 * 365 * 24 * 3600 * 1000;

/** A certificate and its private key, both PEM (PKCS #8). */
export interface KeyPair {
    readonly certificatePem: string;
    readonly privateKeyPem: string;
}

/** What an organisational unit says of an identity where an MSP's NodeOUs are on. */
export type NodeOu = 'admin' | 'client' | 'orderer' | 'peer';

/** A certificate authority of one organisation, for identities or for TLS. EC P-256 throughout, as Fabric asks. */
export class Authority implements KeyPair {
    private constructor(
        readonly certificatePem: string,
        readonly privateKeyPem: string,
        private readonly certificate: x509.X509Certificate,
        private readonly key: webcrypto.CryptoKey,
    ) {}

    /** A new self-signed authority, valid for ten years. */
    static async create(commonName: string, organization: string): Promise<Authority> {
        const keys = await newKeys();
        const certificate = await x509.X509CertificateGenerator.createSelfSigned({
            serialNumber: newSerialNumber(),
            name: subject({ CN: commonName, O: organization }),
            ...validity(),
            keys,
            signingAlgorithm: algorithm,
            extensions: [
                new x509.BasicConstraintsExtension(true, undefined, true),
                new x509.KeyUsagesExtension(
                    x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
                    true,
                ),
                new x509.ExtendedKeyUsageExtension([
                    x509.ExtendedKeyUsage.clientAuth,
                    x509.ExtendedKeyUsage.serverAuth,
                ]),
                await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
            ],
        });
        return new Authority(
            certificate.toString('pem'),
            await keyToPem(keys.privateKey),
            certificate,
            keys.privateKey,
        );
    }

    /** An authority made earlier, to issue further identities. */
    static async load(pair: KeyPair): Promise<Authority> {
        const [der] = x509.PemConverter.decode(pair.privateKeyPem);
        if (der === undefined) throw new Error('no private key in the PEM text of a certificate authority');
        const key = await webcrypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
        const certificate = new x509.X509Certificate(pair.certificatePem);
        return new Authority(pair.certificatePem, pair.privateKeyPem, certificate, key);
    }

    /** A certificate that signs for an identity of the organisation; `attributes` are readable by chaincode. */
    issueIdentity(
        commonName: string,
        unit: NodeOu,
        attributes: Readonly<Record<string, string>> = {},
    ): Promise<KeyPair> {
        const extensions: x509.Extension[] = [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)];
        if (Object.keys(attributes).length > 0) {
            const json = new TextEncoder().encode(JSON.stringify({ attrs: attributes }));
            extensions.push(new x509.Extension(attributesExtension, false, json));
        }
        return this.issue({ CN: commonName, OU: unit }, extensions);
    }

    /** A certificate for TLS, as server under the given names and as client. */
    issueTls(commonName: string, hostNames: readonly string[]): Promise<KeyPair> {
        return this.issue({ CN: commonName }, [
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
            new x509.SubjectAlternativeNameExtension(
                hostNames.map(name => ({ type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name })),
            ),
        ]);
    }

    private async issue(name: Readonly<Record<string, string>>, extensions: x509.Extension[]): Promise<KeyPair> {
        const keys = await newKeys();
        const certificate = await x509.X509CertificateGenerator.create({
            serialNumber: newSerialNumber(),
            subject: subject(name),
            issuer: this.certificate.subjectName,
            ...validity(),
            signingKey: this.key,
            publicKey: keys.publicKey,
            signingAlgorithm: algorithm,
            extensions: [
                new x509.BasicConstraintsExtension(false, undefined, true),
                ...extensions,
                await x509.AuthorityKeyIdentifierExtension.create(this.certificate.publicKey),
            ],
        });
        return { certificatePem: certificate.toString('pem'), privateKeyPem: await keyToPem(keys.privateKey) };
    }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
    return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function keyToPem(key: webcrypto.CryptoKey): Promise<string> {
    return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

/** Positive and of full length, so that every tool agrees on its encoding. */
function newSerialNumber(): string {
    const bytes = randomBytes(16);
    bytes[0] = (bytes[0]! & 0x3f) | 0x40;
    return bytes.toString('hex');
}

/** Five minutes in the past, for machines whose clocks differ a little. */
function validity(): { notBefore: Date; notAfter: Date } {
    const now = Date.now();
    return { notBefore: new Date(now - 300_000), notAfter: new Date(now + tenYears) };
}

function subject(parts: Readonly<Record<string, string>>): x509.JsonName {
    return Object.entries(parts).map(([type, value]) => ({ [type]: [value] }));
}
