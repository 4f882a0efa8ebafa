import { setTimeout as pause } from 'node:timers/promises';

import { Client, Server, ServerCredentials, credentials, status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { GatewayService } from '@hyperledger/fabric-protos/lib/gateway/gateway_grpc_pb';
import { DeliverService } from '@hyperledger/fabric-protos/lib/peer/events_grpc_pb';

import type { PeerAddress } from '@poolproof/gateway';
import type { ServerDuplexStream, ServerUnaryCall, ServiceError, sendUnaryData } from '@grpc/grpc-js';

/** What goes wrong with one call on its way. A stream suffers it after some messages, and none of them lasts for ever. */
export const faults = [
    'none',
    /** The request never reaches the peer. */
    'request-lost',
    /** The peer does its work, the connection breaks before its answer arrives. */
    'answer-lost',
    /** The peer does its work, and no answer ever comes. A stream falls silent, and is cut a while later. */
    'answer-withheld',
    /** The request reaches the peer twice. Of a stream, every message comes twice. */
    'doubled',
    /** The answer takes its time. */
    'answer-late',
] as const;
export type Fault = (typeof faults)[number];

const unary = ['evaluate', 'endorse', 'submit', 'commitStatus'] as const;
export const calls = [...unary, 'chaincodeEvents', 'deliver', 'deliverFiltered', 'deliverWithPrivateData'] as const;
export type CallName = (typeof calls)[number];

/** What came of one call to its caller. */
export interface Arrival {
    readonly call: CallName;
    /** `busy`: the peer's own word that it is still at the same proposal. */
    came: 'answer' | 'broken' | 'busy' | 'error' | 'nothing';
}

type Stream = ServerDuplexStream<Buffer, Buffer>;
type Call = ServerUnaryCall<Buffer, Buffer>;

const broken = { code: status.UNAVAILABLE, details: 'the connection broke' };

/** Stands between a client and a peer, and lets each call suffer what `next` says, whatever the kind of call. */
export class FaultyProxy {
    private readonly server = new Server({ 'grpc.max_receive_message_length': -1 });
    private readonly upstream: Client;
    private readonly underWay = new Set<{ cancel(): void }>();
    /** What came of the calls of every transaction or question, by its id, in their order. */
    readonly arrivals = new Map<string, Arrival[]>();
    private port = 0;

    constructor(
        peer: PeerAddress,
        private readonly next: (call: CallName) => Fault,
    ) {
        this.upstream = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRootPem ?? '')), {
            ...(peer.tlsHostName === undefined ? {} : { 'grpc.ssl_target_name_override': peer.tlsHostName }),
            'grpc.max_receive_message_length': -1,
        });
    }

    async start(): Promise<PeerAddress> {
        for (const name of calls) {
            const { path } = definitionOf(name);
            const isUnary = unary.some(one => one === name);
            const form = { path, requestStream: !isUnary, responseStream: !isUnary, ...passing };
            this.server.addService({ [name]: form }, { [name]: isUnary ? this.answering(name) : this.streaming(name) });
        }
        this.port = await new Promise((resolve, reject) =>
            this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
                error ? reject(error) : resolve(port),
            ),
        );
        return { name: 'proxy', address: `127.0.0.1:${this.port}` };
    }

    stop(): void {
        this.server.forceShutdown();
        // A peer answers a question about a transaction that never came to it only when it comes.
        this.underWay.forEach(call => call.cancel());
        this.upstream.close();
    }

    private answering(name: CallName) {
        return (call: Call, reply: sendUnaryData<Buffer>): void => {
            const arrival: Arrival = { call: name, came: 'nothing' };
            const id = transactionIdOf(name, call.request);
            this.arrivals.set(id, [...(this.arrivals.get(id) ?? []), arrival]);
            const noted: sendUnaryData<Buffer> = (error, answer) => {
                if (!call.cancelled) arrival.came = kindOf(error);
                reply(error, answer);
            };
            void this.suffer(this.next(name), definitionOf(name).path, call, noted);
        };
    }

    private async suffer(fault: Fault, path: string, asked: Call, reply: sendUnaryData<Buffer>): Promise<void> {
        if (fault === 'request-lost') return reply(broken);
        const forwarded = this.forward(path, asked);
        if (fault === 'doubled') await this.forward(path, asked);
        const { error, answer } = await forwarded;
        if (fault === 'answer-withheld') return;
        if (fault === 'answer-late') await pause(100);
        if (fault === 'answer-lost') return reply(broken);
        reply(error, answer);
    }

    private forward(path: string, asked: Call): Promise<{ error: ServiceError | null; answer?: Buffer }> {
        return new Promise(resolve => {
            const call = this.upstream.makeUnaryRequest(path, same, same, asked.request, (error, answer) => {
                this.underWay.delete(call);
                resolve(answer === undefined ? { error } : { error, answer });
            });
            this.underWay.add(call);
            // A peer waits for a transaction that never came as long as somebody asks for it, and counts those who do.
            asked.once('cancelled', () => call.cancel());
        });
    }

    private streaming(name: CallName) {
        return (client: Stream): void => {
            const fault = this.next(name);
            if (fault === 'request-lost') return void client.emit('error', broken);
            const peer = this.upstream.makeBidiStreamRequest(definitionOf(name).path, same, same);
            this.underWay.add(peer);
            const end = () => {
                this.underWay.delete(peer);
                peer.cancel();
            };
            client.on('data', (message: Buffer) => peer.write(message));
            client.on('end', () => peer.end());
            client.on('cancelled', end);
            peer.on('error', (error: ServiceError) => client.emit('error', error));
            void this.pass(fault, peer, client).then(end, end);
        };
    }

    /** Hands on some messages of a stream, and then what is to befall it. */
    private async pass(fault: Fault, messages: AsyncIterable<unknown>, client: Stream): Promise<void> {
        let left = fault === 'none' ? 20 : 5;
        for await (const message of messages) {
            if (fault === 'answer-late') await pause(20);
            client.write(message as Buffer);
            if (fault === 'doubled') client.write(message as Buffer);
            if (--left === 0) break;
        }
        if (fault === 'answer-withheld') await pause(300);
        if (fault === 'none') client.end();
        else client.emit('error', broken);
    }
}

function transactionIdOf(name: CallName, request: Buffer): string {
    if (name === 'evaluate') return gateway.EvaluateRequest.deserializeBinary(request).getTransactionId();
    if (name === 'endorse') return gateway.EndorseRequest.deserializeBinary(request).getTransactionId();
    if (name === 'submit') return gateway.SubmitRequest.deserializeBinary(request).getTransactionId();
    const signed = gateway.SignedCommitStatusRequest.deserializeBinary(request);
    return gateway.CommitStatusRequest.deserializeBinary(signed.getRequest_asU8()).getTransactionId();
}

function kindOf(error: Parameters<sendUnaryData<Buffer>>[0]): Arrival['came'] {
    if (!error) return 'answer';
    if (error === broken) return 'broken';
    if (error.code === status.DEADLINE_EXCEEDED) return 'nothing';
    // What other peers said travels in the details of the status, text among other bytes.
    const said = [error.details, ...(error.metadata?.get('grpc-status-details-bin') ?? [])].join(' ');
    return /txid: \w+\(\S+\) exists/.test(said) ? 'busy' : 'error';
}

function definitionOf(name: CallName): { readonly path: string } {
    const definition = { ...GatewayService, ...DeliverService }[name];
    if (!definition) throw new Error(`no call ${name}`);
    return definition;
}

const same = (bytes: Buffer) => bytes;
const passing = {
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
};
