import { createPrivateKey } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers } from '@hyperledger/fabric-gateway';

import type { Gateway } from '@hyperledger/fabric-gateway';
import type { Connection, LedgerEvent, PeerAddress, Position } from '@poolproof/gateway';
import type { Identity } from '@poolproof/network';
import type { Random } from '../setting/random';

/** Where a follower of blocks connects. */
interface Line {
    readonly identity: Identity;
    readonly address: PeerAddress;
    readonly channel: string;
}

/** What was heard, each event by its transaction's id, each block by its number. */
interface Heard {
    /** As a desk tells it that nothing is wrong with. */
    readonly truth: readonly string[];
    readonly events: readonly string[];
    /** Of somebody who keeps effect and position together, and crashes now and then. */
    readonly effects: readonly string[];
    readonly blocks: readonly number[];
}

/** Follows a ledger three ways over one shaky line: events without a pause, events across crashes, and blocks. */
export class Followers {
    private readonly events: string[] = [];
    private effects: string[] = [];
    private readonly blocks: number[] = [];
    private readonly over = new AbortController();
    private readonly grpc: Client;
    private readonly gateway: Gateway;
    private readonly listening: Promise<unknown>;

    constructor(
        private readonly shaky: Connection,
        /** The first transaction that is not told any more: everything after it is. */
        readonly start: Position,
        private readonly line: Line,
        private readonly random: Random,
    ) {
        const { address, identity } = line;
        const security =
            address.tlsRootPem === undefined
                ? credentials.createInsecure()
                : credentials.createSsl(Buffer.from(address.tlsRootPem));
        this.grpc = new Client(address.address, security, {
            ...(address.tlsHostName === undefined ? {} : { 'grpc.ssl_target_name_override': address.tlsHostName }),
            'grpc.max_receive_message_length': -1,
        });
        this.gateway = connect({
            client: this.grpc,
            identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
            signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
        });
        this.listening = Promise.all([this.listen(), this.act(), this.count()]);
    }

    /** What was heard up to a transaction, once everybody has heard of it. */
    async until(last: Position, calm: Connection): Promise<Heard> {
        const truth: string[] = [];
        for await (const { transactionId } of calm.events({ after: this.start })) {
            truth.push(transactionId);
            if (transactionId === last.transactionId) break;
        }
        const haveHeard = () =>
            [this.events, this.effects].every(heard => heard.includes(last.transactionId ?? '')) &&
            this.blocks.includes(Number(last.blockNumber));
        const end = Date.now() + 100_000;
        while (!haveHeard() && Date.now() < end) await pause(50);
        return { truth, events: this.events, effects: this.effects, blocks: this.blocks };
    }

    async close(): Promise<void> {
        this.over.abort();
        this.gateway.close();
        this.grpc.close();
        await this.listening;
    }

    private async listen(): Promise<void> {
        for await (const { transactionId } of this.shaky.events({ after: this.start, signal: this.over.signal }))
            this.events.push(transactionId);
    }

    private async act(): Promise<void> {
        let position = this.start;
        while (!this.over.signal.aborted)
            for await (const event of this.shaky.events({ after: position, signal: this.over.signal })) {
                // A crash may come before the effect, or after it: effect and position are kept together.
                if (this.random.oneIn(20)) break;
                [this.effects, position] = [[...this.effects, event.transactionId], positionOf(event)];
                if (this.random.oneIn(20)) break;
            }
    }

    /** The Fabric client alone gives up at every cut; whoever uses it goes on at the block after the last one. */
    private async count(): Promise<void> {
        let next = this.start.blockNumber;
        while (!this.over.signal.aborted)
            try {
                const network = this.gateway.getNetwork(this.line.channel);
                const blocks = await network.getBlockEvents({ startBlock: next });
                this.over.signal.onabort = () => blocks.close();
                for await (const block of blocks) {
                    const number = BigInt(block.getHeader()?.getNumber() ?? 0);
                    // The proxy may say it twice.
                    if (number < next) continue;
                    this.blocks.push(Number(number));
                    next = number + 1n;
                }
            } catch {
                await pause(50);
            }
    }
}

function positionOf({ blockNumber, transactionId }: LedgerEvent): Position {
    return { blockNumber, transactionId };
}
