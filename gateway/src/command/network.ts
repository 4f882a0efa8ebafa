import { Command } from 'commander';

import { atDesk, connectOptions } from './desk';
import { connect } from '../connection';
import { Failure } from '../client/failure';

import type { Connection } from '../connection';
import type { DeskOptions } from './desk';

/** What a peer says of itself, or that it says nothing. */
interface PeerRow {
    readonly institution: string;
    readonly peer: string;
    readonly height: bigint | string;
    readonly lastBlock: string;
}

export function networkCommand(): Command {
    const network = new Command('network').description(
        'the network as it is seen from here; networks are made by poolproof-network, or are your own Fabric',
    );
    network
        .command('status')
        .description('channel, chaincode as agreed on, and how far the own peer is')
        .addHelpText('after', '\nExample:\n  poolproof --as fund network status')
        .action(atDesk(status));
    network
        .command('peers')
        .description('how far the own peers are, and one of every other institution')
        .addHelpText('after', '\nExample:\n  poolproof --as fund --json network peers')
        .action(
            atDesk(async (connection, _args, options) => [
                ...(await ownPeers(connection, options)),
                ...(await othersPeers(connection)),
            ]),
        );
    return network;
}

async function status(connection: Connection): Promise<object> {
    const [chaincode, chain] = [await connection.chaincode(), await connection.chain()];
    const { name, version, sequence, approvedBy } = chaincode;
    return {
        institution: connection.mspId,
        channel: connection.channel,
        height: chain.height,
        lastBlock: chain.lastBlock,
        chaincode: name,
        version,
        sequence,
        approvedBy,
    };
}

/** Each of them on a connection of its own: otherwise the first would answer for all. */
async function ownPeers({ mspId }: Connection, options: DeskOptions): Promise<PeerRow[]> {
    const { peers, ...desk } = connectOptions(options);
    const asked = peers.map(async peer => {
        const connection = connect({ ...desk, peers: [peer] });
        try {
            return await stateOf(mspId, peer.name, () => connection.chain());
        } finally {
            connection.close();
        }
    });
    return Promise.all(asked);
}

async function othersPeers(connection: Connection): Promise<PeerRow[]> {
    const others = (await connection.institutions.list()).filter(({ mspId }) => mspId !== connection.mspId);
    return Promise.all(others.map(({ mspId }) => stateOf(mspId, 'one of them', () => connection.chain(mspId))));
}

async function stateOf(
    institution: string,
    peer: string,
    ask: () => ReturnType<Connection['chain']>,
): Promise<PeerRow> {
    try {
        const { height, lastBlock } = await ask();
        return { institution, peer, height, lastBlock: lastBlock.slice(0, 16) };
    } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { institution, peer, height: 'no answer', lastBlock: '' };
    }
}
