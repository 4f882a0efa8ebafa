import { createPublicKey, generateKeyPairSync } from 'node:crypto';

import { newSigner } from '../client/signer';

/** A new key, and the request by which an authority certifies it. */
export interface CertificateRequest {
    /** PKCS#8, P-256. */
    readonly privateKeyPem: string;
    /** PKCS#10. */
    readonly requestPem: string;
}

/** Makes a key and a certification request (RFC 2986) in a person's name. The rest of the certificate is the authority's to say. */
export async function newCertificateRequest(commonName: string): Promise<CertificateRequest> {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
    const noAttributes = Buffer.from([0xa0, 0]);
    const information = sequence(version0, nameOf(commonName), publicKey, noAttributes);
    const signature = Buffer.from(await newSigner(privateKeyPem)(information));
    const request = sequence(information, sequence(ecdsaWithSha256), der(bitString, Buffer.from([0]), signature));
    return { privateKeyPem, requestPem: pem('CERTIFICATE REQUEST', request) };
}

const tags = { integer: 0x02, objectIdentifier: 0x06, utf8String: 0x0c, sequence: 0x30, set: 0x31 } as const;
const bitString = 0x03;
const version0 = Buffer.from([tags.integer, 1, 0]);
/** 1.2.840.10045.4.3.2 (RFC 5758). */
const ecdsaWithSha256 = Buffer.from([tags.objectIdentifier, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]);
/** 2.5.4.3 (X.520). */
const commonNameType = Buffer.from([tags.objectIdentifier, 3, 0x55, 0x04, 0x03]);

function nameOf(commonName: string): Buffer {
    return sequence(der(tags.set, sequence(commonNameType, der(tags.utf8String, Buffer.from(commonName)))));
}

function sequence(...parts: readonly Buffer[]): Buffer {
    return der(tags.sequence, ...parts);
}

/** One value of the distinguished encoding rules (X.690): its tag, its length, its content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
    const content = Buffer.concat(parts);
    const { length } = content;
    if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
    const digits = Buffer.from(length.toString(16).padStart(length < 0x100 ? 2 : 4, '0'), 'hex');
    return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content]);
}

function pem(label: string, bytes: Buffer): string {
    const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
    return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
