import { createHash, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { connect, fromDevice } from '@poolproof/gateway';

import type { ConnectOptions, DeviceKey } from '@poolproof/gateway';

/** What a desk whose key lies in a device is to do. */
export interface DeviceTask {
    readonly options: Omit<ConnectOptions, 'identity'>;
    readonly mspId: string;
    readonly certificatePem: string;
    readonly key: DeviceKey;
    /** Questions asked at a time, after the institution has joined. */
    readonly abreast: number;
}

/** A client in a process of its own, for the library of a device reads its environment when it is loaded. Argument: the task's file. */
async function main([file = '']: readonly string[]): Promise<void> {
    const { options, mspId, certificatePem, key, abreast } = JSON.parse(readFileSync(file, 'utf8')) as DeviceTask;
    const identity = fromDevice(mspId, certificatePem, key);
    const desk = connect({ ...options, identity });
    const { endorsedBy } = await desk.institutions.join({ id: 'regulator', name: 'Regulator', roles: ['regulator'] });
    const lists = await Promise.all(Array.from({ length: abreast }, () => desk.institutions.list()));
    desk.close();
    const point = new X509Certificate(certificatePem).publicKey;
    const signed = await Promise.all(
        Array.from({ length: 400 }, async (_, i) => {
            const message = Buffer.from(String(i));
            const signature = await identity.signer(createHash('sha256').update(message).digest());
            return verify('sha256', message, point, signature);
        }),
    );
    const last = Array.from({ length: 20 }, () => identity.signer(createHash('sha256').digest()));
    const ended = Promise.allSettled(last);
    identity.close();
    identity.close();
    const finished = (await ended).map(({ status }) => status);
    const wrong = [
        { ...key, pin: '999999' },
        { ...key, id: 'ff' },
        { ...key, token: 'nobody' },
    ].map(tried);
    console.log(JSON.stringify({ endorsedBy, answers: lists.map(list => list.length), signed, finished, wrong }));

    function tried(other: DeviceKey): string {
        try {
            fromDevice(mspId, certificatePem, other).close();
            return 'opened';
        } catch (error) {
            return String(error);
        }
    }
}

void main(process.argv.slice(2));
