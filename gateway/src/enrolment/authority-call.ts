import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { hash } from '@hyperledger/fabric-gateway';

import { newSigner } from '../client/signer';
import { EnrolmentFailure } from './enrolment-failure';
import { InputError } from '../input-error';

import type { Signer } from '@hyperledger/fabric-gateway';
import type { Credentials } from '../connection';

/** How an institution's Fabric CA is reached. */
export interface AuthorityAddress {
    /** `https://ca.bank-a.example.com:7054` */
    readonly url: string;
    /** Name of the authority, where the server hosts several. */
    readonly name?: string;
    /** Root of its TLS certificate, PEM; the system's roots unless stated. */
    readonly tlsRootPem?: string;
}

/** Who asks: somebody who has a secret and no certificate yet, or the owner of a certificate. */
export type Asker = { readonly name: string; readonly secret: string } | Credentials;

/** Longest wait for an answer, in milliseconds. */
const patience = 30_000;

/**
 * Asks one thing of Fabric CA over its HTTP interface, version 1.
 * @throws EnrolmentFailure
 */
export async function askAuthority<A>(
    authority: AuthorityAddress,
    asker: Asker,
    endpoint: string,
    question: Readonly<Record<string, unknown>>,
): Promise<A> {
    const url = new URL(`/api/v1/${endpoint}`, authority.url);
    const named = authority.name === undefined ? question : { ...question, caname: authority.name };
    const body = JSON.stringify(named);
    const authorization = 'secret' in asker ? basic(asker) : await token(asker, url, body);
    const { status, text } = await post(authority, url, authorization, body);
    return resultOf<A>(status, text);
}

function basic({ name, secret }: { readonly name: string; readonly secret: string }): string {
    return `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
}

/** The caller's certificate, and its signature over method, path, body and certificate: what Fabric CA takes since version 1.4. */
async function token(asker: Credentials, url: URL, body: string): Promise<string> {
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const certificate = base64(asker.certificatePem);
    const signed = Buffer.from(`POST.${base64(url.pathname)}.${base64(body)}.${certificate}`);
    return `${certificate}.${Buffer.from(await signerOf(asker)(signed)).toString('base64')}`;
}

/** Signs whole messages. */
function signerOf({ signer, privateKeyPem }: Credentials): Signer {
    if (signer !== undefined) return message => signer(hash.sha256(message));
    if (privateKeyPem === undefined) throw new InputError('neither a private key nor a signer');
    return newSigner(privateKeyPem);
}

function post(
    { tlsRootPem }: AuthorityAddress,
    url: URL,
    authorization: string,
    body: string,
): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
        const headers = {
            authorization,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
        };
        const secure = tlsRootPem === undefined ? {} : { ca: tlsRootPem };
        const request = url.protocol === 'http:' ? httpRequest : httpsRequest;
        const asked = request(url, { method: 'POST', headers, timeout: patience, ...secure }, answer => {
            let text = '';
            answer.setEncoding('utf8').on('data', (part: string) => (text += part));
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
            answer.on('error', reject);
        });
        asked.on('timeout', () => asked.destroy(new Error(`no answer within ${patience / 1000} s`)));
        asked.on('error', cause =>
            reject(new EnrolmentFailure(`${url.origin}: ${cause.message}`, undefined, undefined, cause)),
        );
        asked.end(body);
    });
}

interface Answer<A> {
    readonly success: boolean;
    readonly result: A;
    readonly errors?: readonly { readonly code: number; readonly message: string }[];
}

function resultOf<A>(status: number, text: string): A {
    let answer: Answer<A>;
    try {
        answer = JSON.parse(text) as Answer<A>;
    } catch (cause) {
        throw new EnrolmentFailure(`not an answer of Fabric CA (status ${status})`, status, undefined, cause);
    }
    if (answer.success) return answer.result;
    const [first] = answer.errors ?? [];
    throw new EnrolmentFailure(first?.message ?? `status ${status}`, status, first?.code);
}
