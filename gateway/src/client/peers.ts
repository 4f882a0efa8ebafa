import { status } from '@grpc/grpc-js';
import { GatewayError, connect } from '@hyperledger/fabric-gateway';

import { openChannel, releaseChannel } from './channel';

import type { PeerAddress } from './channel';
import type { Gateway, Identity } from '@hyperledger/fabric-gateway';
import type { Signing } from './signer';

/**
 * The peers of the client's own institution, the preferred one first. A call that may be repeated goes to the next peer when
 * one cannot be reached, and later calls stay with the peer that answered.
 */
export class Peers {
    private readonly gateways: readonly Gateway[];
    private preferred = 0;

    constructor(
        private readonly addresses: readonly PeerAddress[],
        identity: Identity,
        signing: Signing,
    ) {
        if (addresses.length === 0) throw new TypeError('no peer to connect to');
        this.gateways = addresses.map(address => connect({ client: openChannel(address), identity, ...signing }));
    }

    get current(): Gateway {
        return this.at(this.preferred);
    }

    /**
     * Only for calls that change nothing, or nothing twice. `call` gets the gateway to use, and whether it is a peer other than
     * the one that was current when the call was made.
     */
    async any<T>(call: (gateway: Gateway, moved: boolean) => Promise<T>): Promise<T> {
        const first = this.preferred;
        for (let tried = 1; ; tried++) {
            const peer = (first + tried - 1) % this.gateways.length;
            try {
                const answer = await call(this.at(peer), peer !== first);
                this.preferred = peer;
                return answer;
            } catch (error) {
                if (!isUnreachable(error) || tried === this.gateways.length) throw error;
            }
        }
    }

    close(): void {
        this.addresses.forEach(releaseChannel);
    }

    private at(peer: number): Gateway {
        const gateway = this.gateways[peer];
        if (!gateway) throw new RangeError(`no peer ${peer}`);
        return gateway;
    }
}

function isUnreachable(error: unknown): boolean {
    return error instanceof GatewayError && error.code === (status.UNAVAILABLE as number);
}
