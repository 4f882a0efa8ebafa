import { createPrivateKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, credentials } from '@grpc/grpc-js';
import { common } from '@hyperledger/fabric-protos';
import { connect, signers } from '@hyperledger/fabric-gateway';

import type { Contract, Gateway } from '@hyperledger/fabric-gateway';
import type { Network } from '@poolproof/network';
import type { MemberId } from './cast';

interface Watch {
    readonly client: Client;
    readonly gateway: Gateway;
    readonly qscc: Contract;
}

/** Longest wait for a peer, in milliseconds: one that is down is the story's own affair. */
const patience = 5_000;

/**
 * Real peers commit each in its own time. In a story one institution acts at once on what another has just done; its people would
 * have been told by an event of their own peer. So a desk's call begins when its own peer has all blocks that some desk was told of.
 * Peers of other institutions may well be behind: that is the library's affair.
 */
export class InStep {
    /** Height of the ledger that some desk has seen at the end of a call. */
    private seen = 0;

    private constructor(
        private readonly watches: ReadonlyMap<MemberId, Watch>,
        private readonly channel: string,
    ) {}

    static async watch(network: Network, members: readonly MemberId[]): Promise<InStep> {
        const { channel } = network.consortium;
        const watches = await Promise.all(members.map(async id => [id, await watchOf(network, id)] as const));
        return new InStep(new Map(watches), channel);
    }

    /** The same desk: what it does for each noun waits for its own peer. */
    desk<T extends object>(id: MemberId, desk: T): T {
        return new Proxy(desk, {
            get: (target, name) => {
                const member: unknown = Reflect.get(target, name, target);
                // The desk's own acts see it as it is.
                if (typeof member === 'function') return (member as () => unknown).bind(target);
                return typeof member === 'object' && member !== null ? this.noun(id, member) : member;
            },
        });
    }

    close(): void {
        for (const { gateway, client } of this.watches.values()) {
            gateway.close();
            client.close();
        }
    }

    private noun<T extends object>(id: MemberId, noun: T): T {
        return new Proxy(noun, {
            get: (target, name) => {
                const act: unknown = Reflect.get(target, name, target);
                if (typeof act !== 'function') return act;
                return (...args: readonly unknown[]): unknown =>
                    iterable(this.inTurn(id, () => Reflect.apply(act, target, args) as unknown));
            },
        });
    }

    private async inTurn(id: MemberId, act: () => unknown): Promise<unknown> {
        const deadline = Date.now() + patience;
        while ((await this.heightOf(id)) < this.seen && Date.now() < deadline) await pause(10);
        try {
            return await act();
        } finally {
            this.seen = Math.max(this.seen, await this.heightOf(id));
        }
    }

    /** Height of an institution's own peer; 0 while it cannot be asked. */
    private async heightOf(id: MemberId): Promise<number> {
        const asked = this.watches.get(id)?.qscc.evaluateTransaction('GetChainInfo', this.channel);
        const info = await asked?.catch(() => undefined);
        return info === undefined ? 0 : common.BlockchainInfo.deserializeBinary(info).getHeight();
    }
}

/** What an act promises; where that is a sequence, it can be gone through at once, as if it had not been promised. */
function iterable(promised: Promise<unknown>): Promise<unknown> {
    return Object.assign(promised, {
        async *[Symbol.asyncIterator]() {
            yield* (await promised) as AsyncIterable<unknown>;
        },
    });
}

async function watchOf(network: Network, id: MemberId): Promise<Watch> {
    const [peer] = network.peers(id);
    if (peer === undefined) throw new Error(`${id} has no peer`);
    const { mspId, certificatePem, privateKeyPem } = await network.identity(id, 'watch');
    const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRootPem)), {
        'grpc.ssl_target_name_override': peer.tlsHostName,
    });
    const signer = signers.newPrivateKeySigner(createPrivateKey(privateKeyPem));
    const gateway = connect({ client, identity: { mspId, credentials: Buffer.from(certificatePem) }, signer });
    return { client, gateway, qscc: gateway.getNetwork(network.consortium.channel).getContract('qscc') };
}
