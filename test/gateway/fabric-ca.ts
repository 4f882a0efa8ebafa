import 'reflect-metadata';
import { randomBytes, verify, webcrypto, X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';

import * as x509 from '@peculiar/x509';
import { Authority } from '@poolproof/network/dist/authority';

import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuthorityAddress } from '@poolproof/gateway';

x509.cryptoProvider.set(webcrypto);

interface Known {
    readonly attributes: Readonly<Record<string, string>>;
    readonly secret: string;
    enrolments: number;
}

type Question = Readonly<Record<string, unknown>>;

/** What Fabric CA answers with besides a result: HTTP status and the number of what is wrong. */
class Refusal extends Error {
    constructor(
        readonly status: number,
        readonly code: number,
        message: string,
    ) {
        super(message);
    }
}

/** Fabric CA's HTTP interface, as far as a client of ours goes: tokens, requests and secrets are checked the way the real one does. */
export class ScriptedFabricCa {
    readonly address: AuthorityAddress;
    private readonly people = new Map<string, Known>();
    private readonly revoked = new Set<string>();

    private constructor(
        private readonly server: Server,
        private readonly keys: webcrypto.CryptoKeyPair,
        private readonly root: x509.X509Certificate,
        tlsRootPem: string,
    ) {
        const { port } = server.address() as AddressInfo;
        this.address = { url: `https://127.0.0.1:${port}`, name: 'ca', tlsRootPem };
        this.people.set('registrar', { attributes: {}, secret: 'registrar-secret', enrolments: 0 });
        server.on('request', (request, response) => {
            void this.answer(request).then(({ status, body }) => response.writeHead(status).end(JSON.stringify(body)));
        });
    }

    static async start(): Promise<ScriptedFabricCa> {
        const tlsAuthority = await Authority.create('tlsca', 'test');
        const tls = await tlsAuthority.issueTls('ca', ['127.0.0.1']);
        const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
        const root = await x509.X509CertificateGenerator.createSelfSigned({
            name: 'CN=ca',
            keys,
            signingAlgorithm: algorithm,
        });
        const server = createServer({ cert: tls.certificatePem, key: tls.privateKeyPem });
        await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
        return new ScriptedFabricCa(server, keys, root, tlsAuthority.certificatePem);
    }

    stop(): void {
        this.server.close();
        this.server.closeAllConnections();
    }

    private async answer(request: IncomingMessage): Promise<{ readonly status: number; readonly body: unknown }> {
        try {
            const body = await bodyOf(request);
            const result = await this.act(request, body, JSON.parse(body) as Question);
            return { status: 200, body: { success: true, result, errors: [], messages: [] } };
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            const { status, code, message } = error;
            return { status, body: { success: false, result: '', errors: [{ code, message }], messages: [] } };
        }
    }

    private act(request: IncomingMessage, body: string, question: Question): Promise<unknown> | object {
        if (question['caname'] !== 'ca') throw new Refusal(404, 19, 'no such CA');
        const authorization = request.headers.authorization ?? '';
        if (request.url === '/api/v1/enroll') return this.issue(this.bySecret(authorization), question);
        const caller = this.byToken(authorization, request.url ?? '', body);
        if (request.url === '/api/v1/reenroll') return this.issue(caller, question);
        if (caller !== 'registrar') throw new Refusal(403, 71, 'Authorization failure');
        if (request.url === '/api/v1/register') return this.register(question);
        if (request.url === '/api/v1/revoke') return this.revoke(question);
        throw new Refusal(404, 10, 'no such endpoint');
    }

    private bySecret(authorization: string): string {
        const [name = '', secret] = fromBase64(authorization.replace('Basic ', '')).split(':');
        const known = this.people.get(name);
        const used = name !== 'registrar' && (known?.enrolments ?? 0) > 0;
        if (known?.secret !== secret || used) throw new Refusal(401, 20, 'Authentication failure');
        return name;
    }

    private byToken(authorization: string, path: string, body: string): string {
        const [certificate = '', signature = ''] = authorization.split('.');
        const caller = new X509Certificate(fromBase64(certificate));
        const signed = `POST.${base64(path)}.${base64(body)}.${certificate}`;
        const valid = verify('sha256', Buffer.from(signed), caller.publicKey, Buffer.from(signature, 'base64'));
        if (!valid || this.revoked.has(caller.serialNumber)) throw new Refusal(401, 20, 'Authentication failure');
        return caller.subject.replace('CN=', '');
    }

    private register({ id, attrs }: Question): object {
        const attributes = attrs as readonly { readonly name: string; readonly value: string }[];
        const secret = randomBytes(6).toString('hex');
        const told = Object.fromEntries(attributes.map(({ name, value }) => [name, value]));
        this.people.set(String(id), { attributes: told, secret, enrolments: 0 });
        return { secret };
    }

    private async issue(name: string, { certificate_request: text }: Question): Promise<object> {
        const request = new x509.Pkcs10CertificateRequest(String(text));
        if (!(await request.verify())) throw new Refusal(400, 9, 'the request is not signed by its key');
        if (request.subject !== `CN=${name}`) throw new Refusal(400, 9, 'the request is in the name of another');
        const known = this.people.get(name)!;
        known.enrolments += 1;
        const attributes = Buffer.from(JSON.stringify({ attrs: known.attributes }));
        const certificate = await x509.X509CertificateGenerator.create({
            subject: `CN=${name}`,
            issuer: this.root.subject,
            signingKey: this.keys.privateKey,
            publicKey: request.publicKey,
            signingAlgorithm: algorithm,
            extensions: [
                await x509.AuthorityKeyIdentifierExtension.create(this.root.publicKey),
                new x509.Extension('1.2.3.4.5.6.7.8.1', false, attributes),
            ],
        });
        return { Cert: base64(certificate.toString('pem')) };
    }

    private async revoke({ serial, aki, id, reason }: Question): Promise<object> {
        if (typeof id === 'string') throw new Refusal(404, 29, `Identity ${id} was not found`);
        const identifier = (await x509.AuthorityKeyIdentifierExtension.create(this.root.publicKey)).keyId;
        if (aki !== identifier) throw new Refusal(404, 28, 'no certificate of this authority');
        this.revoked.add(String(serial).toUpperCase());
        return { RevokedCerts: [{ Serial: serial, AKI: aki }], CRL: base64(`revoked for ${String(reason)}`) };
    }
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

async function bodyOf(request: IncomingMessage): Promise<string> {
    let text = '';
    for await (const part of request) text += String(part);
    return text;
}

function base64(text: string): string {
    return Buffer.from(text).toString('base64');
}

function fromBase64(text: string): string {
    return Buffer.from(text, 'base64').toString('utf8');
}
