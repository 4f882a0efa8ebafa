import { connect } from '@hyperledger/fabric-gateway';

import { backOff } from './back-off';
import { openChannel, releaseChannel } from './channel';
import { symptomOf } from './symptom';
import { watched } from '../observability/watched';

import type { CallOptions } from '@grpc/grpc-js';
import type { Gateway, Identity } from '@hyperledger/fabric-gateway';
import type { KeepAlive, PeerAddress } from './channel';
import type { Observer } from '../observability/observer';
import type { Signing } from './signer';
import type { Symptom } from './symptom';

/** How long a call may go from peer to peer. */
export interface Patience {
    /** Milliseconds for all of them together; a peer gets its share, so that one gone silent does not take the others' time. */
    readonly within: number;
    /** How often a peer is asked over a connection that breaks; twice unless stated. */
    readonly rounds?: number;
}

/**
 * The peers of the client's own institution, the preferred one first. A call that may be repeated goes to the next peer when
 * one cannot be reached, gives no answer or has too much to do; later calls stay with the peer that answered.
 */
export class Peers {
    private readonly gateways: readonly Gateway[];
    private preferred = 0;
    private closed = false;

    constructor(
        private readonly addresses: readonly PeerAddress[],
        private readonly keepAlive: KeepAlive,
        identity: Identity,
        signing: Signing,
        observer?: Observer,
    ) {
        if (addresses.length === 0) throw new TypeError('no peer to connect to');
        this.gateways = addresses.map(address => {
            const channel = openChannel(address, keepAlive);
            const client = observer ? watched(channel, observer, address.name) : channel;
            return connect({ client, identity, ...signing });
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
        const [first, end] = [this.preferred, Date.now() + within];
        let reason: unknown;
        for (let tried = 1; ; tried++) {
            const peer = (first + tried - 1) % count;
            const share = (end - Date.now()) / (count - ((tried - 1) % count));
            try {
                return await call(this.at(peer), { deadline: Date.now() + share }, peer !== first);
            } catch (error) {
                const symptom = symptomOf(error);
                if (symptom === 'answered') throw error;
                this.leave(this.at(peer));
                // Why there was a next time at all says more than that it ran out of time.
                if (symptom !== 'silent' || reason === undefined) reason = error;
                if (this.closed || tried >= triesOn(symptom, count, rounds)) throw reason;
                if (tried % count === 0) await backOff(tried / count);
                if (Date.now() >= end) throw reason;
            }
        }
    }

    /** Prefers the next peer to this one, which has failed. */
    leave(gateway: Gateway): void {
        if (gateway === this.current) this.preferred = (this.preferred + 1) % this.gateways.length;
    }

    close(): void {
        this.closed = true;
        for (const address of this.addresses) releaseChannel(address, this.keepAlive);
    }

    private at(peer: number): Gateway {
        const gateway = this.gateways[peer];
        if (!gateway) throw new RangeError(`no peer ${peer}`);
        return gateway;
    }
}

/** A busy peer is asked until the time is over, a silent one has had its time. */
function triesOn(symptom: Exclude<Symptom, 'answered'>, peers: number, rounds: number): number {
    return { busy: Infinity, lost: rounds * peers, silent: peers }[symptom];
}
