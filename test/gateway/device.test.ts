import { execFile, execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { openNetwork, readConsortium } from '@poolproof/network';

import type { EmbeddedNetwork } from '@poolproof/network';
import type { DeviceTask } from './device-desk';

const libraries = ['softhsm', 'x86_64-linux-gnu/softhsm', 'aarch64-linux-gnu/softhsm'];
const library = libraries.map(folder => `/usr/lib/${folder}/libsofthsm2.so`).find(existsSync);
const missing = library === undefined ? 'SoftHSM (apt-get install softhsm2)' : hasPkcs11() ? undefined : 'pkcs11js';
if (missing !== undefined) console.log(`PKCS#11 devices are not tested: ${missing} is not installed`);

(missing === undefined ? describe : describe.skip)('a key in a PKCS#11 device', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-device-'));
    const env = { ...process.env, SOFTHSM2_CONF: join(folder, 'softhsm2.conf') };
    let network: EmbeddedNetwork;
    beforeAll(async () => {
        network = await openNetwork('embedded', readConsortium(resolve('network/consortium.json')));
        mkdirSync(join(folder, 'tokens'));
        writeFileSync(env.SOFTHSM2_CONF, `directories.tokendir = ${join(folder, 'tokens')}\n`);
        softhsm('--init-token', '--free', '--label', 'regulator', '--so-pin', '4321');
    });
    afterAll(async () => {
        await network.close();
        rmSync(folder, { recursive: true });
    });

    const softhsm = (...args: string[]) =>
        execFileSync('softhsm2-util', [...args, '--pin', '123456'], { env, stdio: 'pipe' });

    it('signs what the network accepts, many calls at a time, and is found by its subject key identifier', async () => {
        const { mspId, certificatePem, privateKeyPem } = await network.identity('regulator', 'desk', {
            'poolproof.role': 'regulator,admin',
        });
        const keyFile = join(folder, 'key.pem');
        writeFileSync(keyFile, privateKeyPem);
        const point = new X509Certificate(certificatePem).publicKey
            .export({ type: 'spki', format: 'der' })
            .subarray(-65);
        const id = createHash('sha256').update(point).digest('hex');
        softhsm('--import', keyFile, '--token', 'regulator', '--label', 'desk', '--id', id);
        const task: DeviceTask = {
            options: { peers: network.peers('regulator') },
            ...{ mspId, certificatePem, abreast: 40 },
            key: { library: library ?? '', token: 'regulator', pin: '123456' },
        };
        const taskFile = join(folder, 'task.json');
        writeFileSync(taskFile, JSON.stringify(task));
        const desk = join(__dirname, 'device-desk.js');
        const { stdout } = await promisify(execFile)(process.execPath, [desk, taskFile], { env });
        const { endorsedBy, answers, signed, finished, wrong } = JSON.parse(stdout) as Record<string, string[]>;
        expect(endorsedBy?.length).toBe(3);
        expect(answers).toEqual(Array.from({ length: 40 }, () => 1));
        expect(signed).toEqual(Array.from({ length: 400 }, () => true));
        // Closed while four were being signed: those are given, the others refused.
        const given = finished?.filter(status => status === 'fulfilled');
        expect([finished?.length, given?.length]).toEqual([20, 4]);
        expect(wrong?.[0]).toContain('CKR_PIN_INCORRECT');
        expect(wrong?.[1]).toContain('no private key with the CKA_ID ff');
        expect(wrong?.[2]).toContain('no token labelled nobody');
        expect(wrong?.join()).not.toContain('999999');

        // The command line finds the same key where the environment says that it lies.
        const [peer] = network.peers('regulator');
        const files = {
            profile: join(folder, 'profile.json'),
            cert: join(folder, 'cert.pem'),
            pin: join(folder, 'pin'),
        };
        writeFileSync(files.cert, certificatePem);
        writeFileSync(files.pin, '123456\n', { mode: 0o600 });
        const tls = { tlsCACerts: { pem: peer?.tlsRootPem }, grpcOptions: { hostnameOverride: peer?.tlsHostName } };
        const peers = { p: { url: `grpcs://${peer?.address}`, ...tls } };
        const organizations = { regulator: { mspid: mspId, peers: ['p'] } };
        writeFileSync(files.profile, JSON.stringify({ organizations, peers }));
        const variables = {
            ...{ POOLPROOF_PROFILE: files.profile, POOLPROOF_MSP: mspId, POOLPROOF_CERT: files.cert },
            ...{ POOLPROOF_PKCS11: library, POOLPROOF_TOKEN: 'regulator', POOLPROOF_PIN_FILE: files.pin },
        };
        const program = require.resolve('@poolproof/gateway').replace(/index\.js$/, 'command/main.js');
        const command = [program, '--json', 'institution', 'list'];
        const listed = await promisify(execFile)(process.execPath, command, { env: { ...env, ...variables } });
        expect(JSON.parse(listed.stdout)).toMatchObject([{ id: 'regulator' }]);
    });
});

/** An optional package: where it cannot be built, it is left out. */
function hasPkcs11(): boolean {
    try {
        createRequire(require.resolve('@hyperledger/fabric-gateway')).resolve('pkcs11js');
        return true;
    } catch {
        return false;
    }
}
