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

interface Channel {
    readonly client: Client;
    users: number;
}

/** One gRPC channel a peer for the whole process, whoever connects: a TLS handshake costs more than a hundred calls. */
const channels = new Map<string, Channel>();

export function openChannel(peer: PeerAddress): Client {
    const key = keyOf(peer);
    const channel = channels.get(key) ?? { client: newClient(peer), users: 0 };
    channel.users++;
    channels.set(key, channel);
    return channel.client;
}

/** Gives a channel back; the last one to do so closes it. */
export function releaseChannel(peer: PeerAddress): void {
    const key = keyOf(peer);
    const channel = channels.get(key);
    if (!channel) return;
    channel.users--;
    if (channel.users > 0) return;
    channels.delete(key);
    channel.client.close();
}

function keyOf(peer: PeerAddress): string {
    return [peer.address, peer.tlsHostName, peer.tlsRootPem].join('\n');
}

function newClient(peer: PeerAddress): Client {
    const { tlsRootPem } = peer;
    const security =
        tlsRootPem === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(tlsRootPem));
    return new Client(peer.address, security, {
        ...(peer.tlsHostName === undefined ? {} : { 'grpc.ssl_target_name_override': peer.tlsHostName }),
        // Fabric's servers close a connection that is pinged more often than once a minute.
        'grpc.keepalive_time_ms': 120_000,
        'grpc.keepalive_timeout_ms': 20_000,
        // Node's default of 4 MB is less than one chunk of a large tape; peers allow 100 MB.
        'grpc.max_receive_message_length': 100 * 1024 * 1024,
        'grpc.max_send_message_length': 100 * 1024 * 1024,
        'grpc.max_reconnect_backoff_ms': 5_000,
    });
}
