import { request } from 'node:https';
import type { KeyPair } from '../authority';

export interface ListenerRequest {
    readonly port: number;
    /** The node's name in its certificate. */
    readonly host: string;
    readonly path: string;
    readonly tlsRootPem: string;
    /** A client certificate, for all that is not public. */
    readonly client?: KeyPair;
    /** Sent by POST, with its content type. */
    readonly body?: { readonly type: string; readonly bytes: Buffer };
}

/** Ask a node's HTTPS listener (health, metrics, channel participation) on this machine. */
export function askListener(wanted: ListenerRequest): Promise<{ readonly status: number; readonly text: string }> {
    const { port, host, path, tlsRootPem, client, body } = wanted;
    return new Promise((resolve, reject) => {
        const asked = request(
            {
                host: '127.0.0.1',
                port,
                path,
                servername: host,
                ca: tlsRootPem,
                ...(client === undefined ? {} : { cert: client.certificatePem, key: client.privateKeyPem }),
                ...(body === undefined
                    ? {}
                    : { method: 'POST', headers: { 'content-type': body.type, 'content-length': body.bytes.length } }),
            },
            response => {
                let text = '';
                response.setEncoding('utf8').on('data', (part: string) => (text += part));
                response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
            },
        );
        asked.on('error', reject);
        asked.end(body?.bytes);
    });
}
