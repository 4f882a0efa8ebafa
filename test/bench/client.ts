import { createPrivateKey, randomUUID } from 'node:crypto';

import { Client, credentials } from '@grpc/grpc-js';
import { connect as bareConnect, signers } from '@hyperledger/fabric-gateway';
import { canonical } from '@poolproof/chaincode/domain';
import { connect, signingWith } from '@poolproof/gateway';

import { startNetwork } from './network-process';

import type { Hash, Signer } from '@hyperledger/fabric-gateway';
import type { Access } from './network-process';

interface Spent {
    readonly latency: number;
    readonly processor: number;
}

interface Contender {
    readonly submit: () => Promise<unknown>;
    readonly close: () => void;
}

/** Of each contender: a short run would measure the compiler. */
const warmUp = 150;
const [blocks, perBlock] = [Number(process.argv[2] ?? 60), 20];
const limit = 10;
const roles = ['regulator'] as const;

/**
 * `node test/dist/bench/client.js [blocks]`: what the library adds to a bare submit of the Fabric client, in percent of latency and of
 * processor time. Short blocks of submissions take turns, forwards and backwards (A B C C B A), and each block of the library is
 * compared with its neighbour of the bare client: what else the machine does falls on both. Medians of these, with their quartiles.
 * The bare client is the one to beat; with our signer, a tenth of the Fabric client's own in cost, it shows what the rest costs.
 */
async function main(): Promise<void> {
    const access = await startNetwork();
    const contenders = {
        library: newLibrary(access),
        'bare client': newBare(access, { signer: defaultSigner(access) }),
        'bare client with our signer': newBare(access, signingWith(access.identity.privateKeyPem)),
    };
    const names = Object.keys(contenders) as (keyof typeof contenders)[];
    await contenders.library.connection.institutions.join({ id: 'regulator', name: 'Regulator', roles });
    for (let i = 0; i < warmUp; i++) for (const name of names) await contenders[name].submit();

    const spent = Object.fromEntries(names.map(name => [name, [] as Spent[]])) as Record<
        keyof typeof contenders,
        Spent[]
    >;
    for (let block = 0; block < blocks; block++)
        for (const name of block % 2 === 0 ? names : [...names].reverse())
            spent[name].push(await measured(contenders[name]));
    for (const name of names)
        console.log(
            `${name}: ${median(spent[name], 'latency')} ms, ${median(spent[name], 'processor')} ms of processor time`,
        );
    const [added] = names.slice(1).map(name =>
        (['latency', 'processor'] as const).map(what => {
            const ratios = spent.library.map((ours, i) => (ours[what] / (spent[name][i]?.[what] ?? 0) - 1) * 100);
            const [low, middle, high] = [0.25, 0.5, 0.75].map(share => quantile(ratios, share).toFixed(1));
            console.log(`${what}: the library adds ${middle} % to the ${name} (quartiles ${low} % and ${high} %)`);
            return Number(middle);
        }),
    );
    Object.values(contenders).forEach(({ close }) => close());
    access.close();
    if (Math.max(...(added ?? [NaN])) > limit) process.exitCode = 1;
}

async function measured({ submit }: Contender): Promise<Spent> {
    const [began, before] = [performance.now(), process.cpuUsage()];
    for (let i = 0; i < perBlock; i++) await submit();
    const { user, system } = process.cpuUsage(before);
    return { latency: (performance.now() - began) / perBlock, processor: (user + system) / 1000 / perBlock };
}

function newLibrary({ identity, peer }: Access) {
    const connection = connect({ identity, peers: [peer] });
    return {
        connection,
        submit: () => connection.institutions.confirm({ id: 'regulator', roles }),
        close: () => connection.close(),
    };
}

function newBare({ identity, peer }: Access, signing: { readonly signer?: Signer; readonly hash?: Hash }): Contender {
    const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRootPem)), {
        'grpc.ssl_target_name_override': peer.tlsHostName,
    });
    const gateway = bareConnect({
        client,
        identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
        ...signing,
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

function defaultSigner({ identity }: Access): Signer {
    return signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem));
}

function median(spent: readonly Spent[], what: keyof Spent): string {
    return quantile(
        spent.map(each => each[what]),
        0.5,
    ).toFixed(2);
}

function quantile(values: readonly number[], share: number): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(share * (sorted.length - 1))] ?? NaN;
}

void main();
