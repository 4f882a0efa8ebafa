import { createPrivateKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, credentials } from '@grpc/grpc-js';
import { common } from '@hyperledger/fabric-protos';
import { connect, signers } from '@hyperledger/fabric-gateway';

import type { Contract, Gateway } from '@hyperledger/fabric-gateway';
import type { Network, PeerEndpoint } from '@poolproof/network';

/**
 * Real peers commit each in its own time. In a story one institution acts at once on what another has just done; its people would
 * have been told by an event of their own peer. So every call of a desk ends when all peers stand at the same height.
 */
export class InStep {
    private constructor(
        private readonly watches: readonly (readonly [Client, Gateway, Contract])[],
        private readonly channel: string,
    ) {}

    static async watch(network: Network): Promise<InStep> {
        const { channel } = network.consortium;
        const [first] = network.consortium.institutions;
        const identity = await network.identity(first!.id, 'watch');
        const open = (peer: PeerEndpoint) => {
            const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRootPem)), {
                'grpc.ssl_target_name_override': peer.tlsHostName,
            });
            const signer = signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem));
            const { mspId, certificatePem } = identity;
            const gateway = connect({
                client,
                identity: { mspId, credentials: Buffer.from(certificatePem) },
                signer,
            });
            return [client, gateway, gateway.getNetwork(channel).getContract('qscc')] as const;
        };
        return new InStep(network.peers().map(open), channel);
    }

    /** The same desk, whose calls wait for all peers. */
    desk<T extends object>(subject: T): T {
        return new Proxy(subject, {
            get: (target, name) => {
                const member: unknown = Reflect.get(target, name, target);
                if (typeof member === 'object' && member !== null) return this.desk(member);
                if (typeof member !== 'function') return member;
                return (...args: readonly unknown[]): unknown => {
                    const result: unknown = Reflect.apply(member, target, args);
                    return result instanceof Promise ? result.finally(() => this.settle()) : result;
                };
            },
        });
    }

    close(): void {
        for (const [client, gateway] of this.watches) {
            gateway.close();
            client.close();
        }
    }

    private async settle(): Promise<void> {
        while (new Set(await this.heights()).size > 1) await pause(20);
    }

    private heights(): Promise<readonly number[]> {
        return Promise.all(
            this.watches.map(async ([, , qscc]) => {
                const info = await qscc.evaluateTransaction('GetChainInfo', this.channel);
                return common.BlockchainInfo.deserializeBinary(info).getHeight();
            }),
        );
    }
}
