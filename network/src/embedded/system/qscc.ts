import { common, peer } from '@hyperledger/fabric-protos';
import type { SystemChaincode } from '../chaincode/support';
import { checkAccess } from '../endorser/endorser';
import { unpackProposal } from '../endorser/proposal';
import type { Channel, CommittedBlock, PeerLedger } from '../ledger';
import { failure, success } from './response';

type Query = (ledger: PeerLedger, argument: Uint8Array) => Uint8Array;

const queries: ReadonlyMap<string, Query> = new Map<string, Query>([
    ['GetChainInfo', chainInfo],
    ['GetBlockByNumber', blockByNumber],
    ['GetBlockByHash', blockByHash],
    ['GetBlockByTxID', blockByTxId],
    ['GetTransactionByID', transactionById],
]);

/** The system chaincode that reads a peer's blocks. */
export function qscc(channel: Channel): SystemChaincode {
    return {
        invoke: (args, transaction) => {
            if (args.length < 2) return failure(`Incorrect number of arguments, ${args.length}`);
            const [name, channelId] = args.slice(0, 2).map(argument => Buffer.from(argument).toString());
            const called = unpackProposal(transaction.signedProposal).chaincode;
            if (called !== 'qscc') {
                return failure(
                    `Rejecting invoke of QSCC from another chaincode because of potential for deadlocks, original invocation for '${called}'`,
                );
            }
            if (name !== 'GetChainInfo' && args.length < 3) return failure(`missing 3rd argument for ${name}`);
            if (channelId !== channel.name) return failure(`Invalid chain ID, ${channelId}`);
            try {
                const { signedProposal, creator } = transaction;
                checkAccess(channel, channelId, '/Channel/Application/Readers', signedProposal, creator.serialized);
            } catch (error) {
                return failure(`access denied for [${name}][${channelId}]: [${(error as Error).message}]`);
            }
            const query = queries.get(name ?? '');
            if (query === undefined) return failure(`Requested function ${name} not found.`);
            try {
                return success(query(transaction.ledger, args[2] ?? new Uint8Array()));
            } catch (error) {
                return failure((error as Error).message);
            }
        },
    };
}

function chainInfo(ledger: PeerLedger): Uint8Array {
    const info = new common.BlockchainInfo();
    info.setHeight(ledger.height);
    info.setCurrentblockhash(ledger.currentBlockHash);
    info.setPreviousblockhash(ledger.previousBlockHash);
    return info.serializeBinary();
}

function blockByNumber(ledger: PeerLedger, argument: Uint8Array): Uint8Array {
    const text = Buffer.from(argument).toString();
    if (!/^\d+$/.test(text)) {
        throw new Error(
            `Failed to parse block number with error strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
        );
    }
    // 2^64 - 1 asks for the newest block.
    const number = BigInt(text) === 0xffff_ffff_ffff_ffffn ? ledger.height - 1 : Number(text);
    const block = ledger.block(number);
    if (block !== undefined) return bytesOf(block);
    throw new Error(`Failed to get block number ${text}, error no such block number [${text}] in index`);
}

function blockByHash(ledger: PeerLedger, hash: Uint8Array): Uint8Array {
    const block = ledger.blockByHash(hash);
    if (block !== undefined) return bytesOf(block);
    const hex = Buffer.from(hash).toString('hex');
    throw new Error(
        `Failed to get block hash ${Buffer.from(hash).toString()}, error no such block hash [${hex}] in index`,
    );
}

function blockByTxId(ledger: PeerLedger, argument: Uint8Array): Uint8Array {
    const txId = Buffer.from(argument).toString();
    const block = ledger.blockByTxId(txId);
    if (block !== undefined) return bytesOf(block);
    throw new Error(`Failed to get block for txID ${txId}, error no such transaction ID [${txId}] in index`);
}

function transactionById(ledger: PeerLedger, argument: Uint8Array): Uint8Array {
    const txId = Buffer.from(argument).toString();
    const transaction = ledger.transaction(txId);
    if (transaction === undefined) {
        throw new Error(`Failed to get transaction with id ${txId}, error no such transaction ID [${txId}] in index`);
    }
    const message = new peer.ProcessedTransaction();
    message.setTransactionenvelope(common.Envelope.deserializeBinary(transaction.envelope));
    message.setValidationcode(transaction.code);
    return message.serializeBinary();
}

function bytesOf(block: CommittedBlock): Uint8Array {
    return block.message().serializeBinary();
}
