import { connect } from '@hyperledger/fabric-gateway';

import { backOff } from './back-off';
import { openChannel, reconnectWithin, releaseChannel } from './channel';
import { Line } from './line';
import { symptomOf } from './symptom';
import { watched } from '../observability/watched';
import { InputError } from '../input-error';

import type { CallOptions } from '@grpc/grpc-js';
import type { Gateway, Identity } from '@hyperledger/fabric-gateway';
import type { Channel, KeepAlive, PeerAddress } from './channel';
import type { Observer } from '../observability/observer';
import type { Signing } from './signer';
import type { Symptom } from './symptom';

/** How long a call may go from peer to peer. */
export interface Patience {
    /** Milliseconds for all of them together; a peer gets its share, so that one gone silent does not take the others' time. */
    readonly within: number;
    /** How often a peer is asked at least over a connection that breaks; twice unless stated. */
    readonly rounds?: number;
}

/**
 * The peers of the client's own institution, the preferred one first. A call that may be repeated goes to the next peer when
 * one cannot be reached, gives no answer or has too much to do; later calls stay with the peer that answered.
 */
export class Peers {
    private readonly gateways: readonly Gateway[];
    private readonly channels: readonly Channel[];
    private readonly lines: readonly Line[];
    private preferred = 0;

    /** @param closing ends every waiting */
    constructor(
        addresses: readonly PeerAddress[],
        keepAlive: KeepAlive,
        identity: Identity,
        signing: Signing,
        private readonly closing: AbortSignal,
        observer?: Observer,
    ) {
        if (addresses.length === 0) throw new InputError('no peer to connect to');
        this.channels = addresses.map(address => openChannel(address, keepAlive));
        this.lines = this.channels.map(channel => new Line(channel));
        this.gateways = this.lines.map(({ client }, i) => {
            const name = addresses[i]?.name ?? '';
            return connect({ client: observer ? watched(client, observer, name) : client, identity, ...signing });
        });
    }

    get current(): Gateway {
        return this.at(this.preferred);
    }

    /**
     * Only for calls that change nothing, or nothing twice. `call` gets the gateway to use, the deadline, and whether the gateway is
     * another than the one that was current when the call was made.
     */
    async any<T>(
        { within, rounds = 2 }: Patience,
        call: (gateway: Gateway, options: CallOptions, moved: boolean) => Promise<T>,
    ): Promise<T> {
        const count = this.gateways.length;
        const [first, begun] = [this.preferred, Date.now()];
        const end = begun + within;
        let reason: unknown;
        for (let tried = 1; ; tried++) {
            const peer = (first + tried - 1) % count;
            const share = (end - Date.now()) / (count - ((tried - 1) % count));
            try {
                return await call(this.at(peer), { deadline: Date.now() + share }, peer !== first);
            } catch (error) {
                const symptom = symptomOf(error);
                if (symptom === 'answered' || symptom === 'closed') throw error;
                this.leave(this.at(peer));
                // Why there was a next time at all says more than that it ran out of time.
                if (symptom !== 'silent' || reason === undefined) reason = error;
                if (tried >= triesOn(symptom, count, rounds) && !mayConnect(symptom, begun)) throw reason;
                if (tried % count === 0) await backOff(tried / count, this.closing);
                if (Date.now() >= end) throw reason;
            }
        }
    }

    /** Prefers the next peer to this one, which has failed. */
    leave(gateway: Gateway): void {
        if (gateway === this.current) this.preferred = (this.preferred + 1) % this.gateways.length;
    }

    /** Ends all calls under way, and gives the channels back. */
    close(): void {
        this.lines.forEach(line => line.close());
        this.channels.forEach(releaseChannel);
    }

    private at(peer: number): Gateway {
        const gateway = this.gateways[peer];
        if (!gateway) throw new RangeError(`no peer ${peer}`);
        return gateway;
    }
}

/** A busy peer is asked until the time is over, a silent one has had its time. */
function triesOn(symptom: Exclude<Symptom, 'answered' | 'closed'>, peers: number, rounds: number): number {
    return { busy: Infinity, lost: rounds * peers, silent: peers }[symptom];
}

/** A peer may have come back that gRPC has not looked for again yet. */
function mayConnect(symptom: Symptom, begun: number): boolean {
    return symptom === 'lost' && Date.now() < begun + 2 * reconnectWithin;
}
