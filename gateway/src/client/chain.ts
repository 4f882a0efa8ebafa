import { common, peer } from '@hyperledger/fabric-protos';

import { failureOf } from './failed';

import type { Client } from './client';

/** How far a peer is. */
export interface ChainState {
    /** Number of blocks. */
    readonly height: bigint;
    /** SHA-256 of the last one's header, hexadecimal: peers at one height have the same. */
    readonly lastBlock: string;
}

/** The chaincode as the institutions have agreed on it. */
export interface ChaincodeState {
    readonly name: string;
    readonly version: string;
    readonly sequence: number;
    /** MSP ids of those who have approved this definition. */
    readonly approvedBy: readonly string[];
}

/**
 * How far the caller's own peer is, or a peer of another institution, which the own peer asks for it.
 * @throws Failure where no such peer answers
 */
export async function chainState(client: Client, mspId?: string): Promise<ChainState> {
    const bytes = await evaluateSystem(client, ['qscc', 'GetChainInfo', client.options.channel], mspId);
    const info = common.BlockchainInfo.deserializeBinary(bytes);
    return {
        height: BigInt(info.getHeight()),
        lastBlock: Buffer.from(info.getCurrentblockhash_asU8()).toString('hex'),
    };
}

/** @throws Failure where the channel has no such chaincode */
export async function chaincodeState(client: Client): Promise<ChaincodeState> {
    const name = client.options.chaincode;
    const query = new peer.lifecycle.QueryChaincodeDefinitionArgs();
    query.setName(name);
    const bytes = await evaluateSystem(client, ['_lifecycle', 'QueryChaincodeDefinition', query.serializeBinary()]);
    const definition = peer.lifecycle.QueryChaincodeDefinitionResult.deserializeBinary(bytes);
    const approvals = definition.getApprovalsMap().toArray();
    return {
        name,
        version: definition.getVersion(),
        sequence: definition.getSequence(),
        approvedBy: approvals.flatMap(([mspId, isApproved]) => (isApproved ? [mspId] : [])).sort(),
    };
}

type SystemCall = readonly [chaincode: string, transaction: string, argument: string | Uint8Array];

async function evaluateSystem(client: Client, call: SystemCall, mspId?: string): Promise<Uint8Array> {
    const [chaincode, transaction, argument] = call;
    const target = mspId === undefined ? {} : { endorsingOrganizations: [mspId] };
    try {
        return await client.peers.any(client.patience('evaluate'), (gateway, options) =>
            gateway
                .getNetwork(client.options.channel)
                .getContract(chaincode)
                .newProposal(transaction, { arguments: [argument], ...target })
                .evaluate(options),
        );
    } catch (error) {
        throw failureOf(error, 'evaluate', '');
    }
}
