import { Client, credentials, status } from '@grpc/grpc-js';

import type { ServiceError } from '@grpc/grpc-js';

/** How a peer's gateway service is reached. */
export interface PeerAddress {
    /** `peer0.bank-a.example.com` */
    readonly name: string;
    /** `127.0.0.1:7051` */
    readonly address: string;
    /** Root of the peer's TLS certificate, PEM. Without it the channel is not encrypted: for development only. */
    readonly tlsRootPem?: string;
    /** Name in the peer's TLS certificate where it differs from the address. */
    readonly tlsHostName?: string;
}

/** How a connection whose other end has gone without a word is noticed. Milliseconds. */
export interface KeepAlive {
    /** Time between two pings. Fabric's servers hang up on a client that pings more often than once a minute. */
    readonly interval: number;
    /** Without an answer for so long, the connection is given up. */
    readonly timeout: number;
}

/** Longest pause between two attempts to reach a peer, in milliseconds: one that has restarted is found again within it. */
export const reconnectWithin = 500;

/** A call or a stream, as far as ending it is concerned. */
export interface UnderWay {
    cancel(): void;
}

/** One gRPC channel a peer for the whole process, whoever connects: a TLS handshake costs more than a hundred calls. */
const channels = new Map<string, Channel>();

export function openChannel(peer: PeerAddress, keepAlive: KeepAlive): Channel {
    const key = keyOf(peer, keepAlive);
    const channel = channels.get(key) ?? new Channel(peer, keepAlive);
    channel.users++;
    channels.set(key, channel);
    return channel;
}

/** Gives a channel back; the last one to do so closes it. */
export function releaseChannel(channel: Channel): void {
    channel.users--;
    if (channel.users > 0) return;
    channels.delete(keyOf(channel.peer, channel.keepAlive));
    channel.current.close();
}

/**
 * The way to one peer. gRPC can hold on to a connection that is dead: one that it was never told of, one whose reset Node did not see,
 * one that was accepted and then said nothing. So when a call has waited all its time, and nothing else has come from the peer in
 * that time either, the next calls get a new channel, long before a ping would tell.
 */
export class Channel {
    users = 0;
    current: Client;
    private heard = 0;
    private readonly streams = new Set<UnderWay>();

    constructor(
        readonly peer: PeerAddress,
        readonly keepAlive: KeepAlive,
    ) {
        this.current = newClient(peer, keepAlive);
    }

    /** Something has come from the peer. */
    hear(): void {
        this.heard = Date.now();
    }

    /** A stream that goes on over a new channel, if there is one. */
    carry(stream: UnderWay): void {
        this.streams.add(stream);
    }

    drop(stream: UnderWay): void {
        this.streams.delete(stream);
    }

    /** How a call ended that began at a time on a channel of this peer. */
    ended(client: Client, begun: number, error: ServiceError | null): void {
        if (error === null || !mutely.includes(error.code)) return this.hear();
        if (error.code !== status.DEADLINE_EXCEEDED || this.heard >= begun || client !== this.current) return;
        this.current = newClient(this.peer, this.keepAlive);
        this.hear();
        // What was sent over the old one may still be answered, in its own time; nobody waits for the next item of a stream.
        this.streams.forEach(stream => stream.cancel());
        client.close();
    }
}

/** Codes that gRPC gives where the peer may have said nothing. */
const mutely: readonly status[] = [status.CANCELLED, status.DEADLINE_EXCEEDED, status.INTERNAL, status.UNAVAILABLE];

function keyOf(peer: PeerAddress, { interval, timeout }: KeepAlive): string {
    return [peer.address, peer.tlsHostName, interval, timeout, peer.tlsRootPem].join('\n');
}

function newClient(peer: PeerAddress, { interval, timeout }: KeepAlive): Client {
    const { tlsRootPem } = peer;
    const security =
        tlsRootPem === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(tlsRootPem));
    return new Client(peer.address, security, {
        ...(peer.tlsHostName === undefined ? {} : { 'grpc.ssl_target_name_override': peer.tlsHostName }),
        'grpc.keepalive_time_ms': interval,
        'grpc.keepalive_timeout_ms': timeout,
        // A firewall forgets connections on which nothing moves.
        'grpc.keepalive_permit_without_calls': 1,
        // Node's default of 4 MB is less than one chunk of a large tape; peers allow 100 MB.
        'grpc.max_receive_message_length': 100 * 1024 * 1024,
        'grpc.max_send_message_length': 100 * 1024 * 1024,
        'grpc.initial_reconnect_backoff_ms': 100,
        'grpc.max_reconnect_backoff_ms': reconnectWithin,
        // A new channel makes a new connection, whatever others have.
        'grpc.use_local_subchannel_pool': 1,
    });
}
