import { Client, credentials } from '@grpc/grpc-js';

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

interface Channel {
    readonly client: Client;
    users: number;
}

/** One gRPC channel a peer for the whole process, whoever connects: a TLS handshake costs more than a hundred calls. */
const channels = new Map<string, Channel>();

export function openChannel(peer: PeerAddress, keepAlive: KeepAlive): Client {
    const key = keyOf(peer, keepAlive);
    const channel = channels.get(key) ?? { client: newClient(peer, keepAlive), users: 0 };
    channel.users++;
    channels.set(key, channel);
    return channel.client;
}

/** Gives a channel back; the last one to do so closes it. */
export function releaseChannel(peer: PeerAddress, keepAlive: KeepAlive): void {
    const key = keyOf(peer, keepAlive);
    const channel = channels.get(key);
    if (!channel) return;
    channel.users--;
    if (channel.users > 0) return;
    channels.delete(key);
    channel.client.close();
}

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
        'grpc.initial_reconnect_backoff_ms': 200,
        'grpc.max_reconnect_backoff_ms': 5_000,
    });
}
