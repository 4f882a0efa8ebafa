import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import type { PeerAddress } from '@poolproof/gateway';
import type { Server, Socket } from 'node:net';

/** What befalls a connection once so many bytes have passed over it, wherever in a message that is. */
export const cuts = [
    /** Both ends get a reset. */
    'reset',
    /** Nothing moves any more, and neither end is told: a firewall that has forgotten the connection. */
    'black-hole',
    /** The peer's end is closed in good order, in the middle of whatever it was saying. */
    'closed',
    /** One bit arrives changed; TLS notices. */
    'garbled',
    /** Bytes go on arriving, late, until the reset. */
    'slow',
    /** Not even the connection is made. */
    'refused',
] as const;
export type Cut = (typeof cuts)[number];

interface Fate {
    readonly cut: Cut;
    readonly after: number;
}

/** Passes the bytes of connections between client and peer, TLS and all, until each meets its fate. */
export class CuttingProxy {
    private readonly server: Server;
    private readonly sockets = new Set<Socket>();

    /** @param hole milliseconds after which a black hole ends with a reset; never, unless stated */
    constructor(
        private readonly peer: PeerAddress,
        private readonly next: () => Fate,
        private readonly hole?: number,
    ) {
        this.server = createServer(client => this.join(client));
    }

    async start(): Promise<PeerAddress> {
        await new Promise<void>(listening => this.server.listen(0, '127.0.0.1', listening));
        const { port } = this.server.address() as { port: number };
        return { ...this.peer, address: `127.0.0.1:${port}` };
    }

    stop(): void {
        this.server.close();
        this.sockets.forEach(socket => socket.destroy());
    }

    private join(client: Socket): void {
        const { cut, after } = this.next();
        this.sockets.add(client.on('error', () => undefined));
        if (cut === 'refused') return void client.resetAndDestroy();
        const [host = '', port = ''] = this.peer.address.split(':');
        const peer = connect(Number(port), host).on('error', () => client.destroy());
        this.sockets.add(peer);
        const fate = { cut, left: after };
        for (const [from, to] of [
            [client, peer],
            [peer, client],
        ] as const) {
            from.on('close', () => void (fate.cut !== 'black-hole' && to.destroy()));
            void this.pass(from, to, fate).catch(() => to.destroy());
        }
    }

    private async pass(from: Socket, to: Socket, fate: { readonly cut: Cut; left: number }): Promise<void> {
        for await (const chunk of from as AsyncIterable<Buffer>) {
            if (fate.cut === 'slow') await pause(5);
            fate.left -= chunk.length;
            if (fate.left > 0) to.write(chunk);
            else if ((await this.befall(fate.cut, from, to, chunk)) === 'over') return;
        }
    }

    /** The chunk in which the fate of the connection is reached arrives in part at most. */
    private async befall(cut: Cut, from: Socket, to: Socket, chunk: Buffer): Promise<'over' | undefined> {
        if (cut === 'black-hole') {
            if (this.hole === undefined) return undefined;
            await pause(this.hole);
        }
        if (cut === 'garbled') {
            const changed = Buffer.from(chunk);
            changed.writeUInt8(changed.readUInt8(changed.length >> 1) ^ 1, changed.length >> 1);
            to.write(changed);
            return undefined;
        }
        if (cut !== 'black-hole') to.write(chunk.subarray(0, chunk.length >> 1));
        if (cut === 'closed') to.end();
        else [from, to].forEach(socket => socket.resetAndDestroy());
        return 'over';
    }
}
