import { fork } from 'node:child_process';
import { createPrivateKey, randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';

import { Client, credentials } from '@grpc/grpc-js';
import { connect as bareConnect, signers } from '@hyperledger/fabric-gateway';
import { canonical } from '@poolproof/chaincode/domain';
import { connect } from '@poolproof/gateway';
import { openNetwork, readConsortium } from '@poolproof/network';

import type { Identity, PeerEndpoint } from '@poolproof/network';

/** What the client needs of a network in another process, whose work must not be counted as the client's. */
interface Access {
    readonly identity: Identity;
    readonly peer: PeerEndpoint;
}

const warmUp = 200;
const batches = 10;
const perBatch = 60;
const roles = ['regulator'] as const;

/** `node test/dist/bench/client.js`: what the library costs beside a bare submit of the Fabric client, batch by batch in turn. */
async function main(): Promise<void> {
    const network = fork(__filename, ['network']);
    const access = await new Promise<Access>(done => network.once('message', message => done(message as Access)));
    const ours = newOurs(access);
    const bare = newBare(access);
    await ours.connection.institutions.join({ id: 'regulator', name: 'Regulator', roles });
    for (let i = 0; i < warmUp; i++) await (i % 2 ? ours.submit() : bare.submit());
    const spent = { ours: { ms: 0, cpu: 0 }, bare: { ms: 0, cpu: 0 } };
    for (let batch = 0; batch < batches; batch++)
        for (const [name, { submit }] of Object.entries({ ours, bare }) as ['ours' | 'bare', typeof bare][]) {
            const [began, cpu] = [performance.now(), process.cpuUsage()];
            for (let i = 0; i < perBatch; i++) await submit();
            const { user, system } = process.cpuUsage(cpu);
            spent[name].ms += performance.now() - began;
            spent[name].cpu += (user + system) / 1000;
        }
    const each = (name: 'ours' | 'bare', unit: 'ms' | 'cpu') => spent[name][unit] / (batches * perBatch);
    for (const unit of ['ms', 'cpu'] as const) {
        const [library, client] = [each('ours', unit), each('bare', unit)];
        const added = ((library / client - 1) * 100).toFixed(1);
        const what = unit === 'ms' ? 'latency' : 'processor time';
        console.log(
            `${what} of a submit: library ${library.toFixed(2)} ms, bare client ${client.toFixed(2)} ms: the library adds ${added} %`,
        );
    }
    ours.connection.close();
    bare.close();
    network.kill();
}

function newOurs({ identity, peer }: Access) {
    const connection = connect({ identity, peers: [peer] });
    return { connection, submit: () => connection.institutions.confirm({ id: 'regulator', roles }) };
}

function newBare({ identity, peer }: Access) {
    const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRootPem)), {
        'grpc.ssl_target_name_override': peer.tlsHostName,
    });
    const gateway = bareConnect({
        client,
        identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
        signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
    });
    const contract = gateway.getNetwork('poolproof').getContract('poolproof');
    return {
        submit: () =>
            contract.submit('institution:confirm', {
                arguments: [canonical({ requestId: randomUUID(), id: 'regulator', roles })],
            }),
        close: () => client.close(),
    };
}

async function serve(): Promise<void> {
    const network = await openNetwork(
        'embedded',
        readConsortium(join(resolve(__dirname, '../../..'), 'network/consortium.json')),
    );
    const identity = await network.identity('regulator', 'bench', { 'poolproof.role': 'regulator,admin' });
    const [peer] = network.peers('regulator');
    process.send?.({ identity, peer });
    process.once('SIGTERM', () => void network.close().then(() => process.exit()));
}

void (process.argv[2] === 'network' ? serve() : main());
