import { common, peer } from '@hyperledger/fabric-protos';
import type { OrderedBlock } from './block';
import type { Transaction, ValidationCode } from './transaction';

const { TxValidationCode: Code } = peer;

/** A peer's verdict on one transaction of a block. */
export interface CommittedTransaction {
    readonly txId: string;
    readonly blockNumber: number;
    readonly index: number;
    readonly code: ValidationCode;
    /** Why it is invalid, in words; empty if it is valid, or if the block was read from disk or a dump. */
    readonly reason: string;
    /** One of common.HeaderType's values; -1 where the envelope could not be read. */
    readonly headerType: number;
    /** The invoked chaincode; undefined where the envelope could not be read so far. */
    readonly chaincode: string | undefined;
    /** peer.ChaincodeEvent bytes; undefined where there is none. */
    readonly event: Uint8Array | undefined;
    /** common.Envelope bytes. */
    readonly envelope: Uint8Array;
}

/** A block as one peer committed it: its verdicts and its commit hash. */
export class CommittedBlock {
    private told: readonly CommittedTransaction[] | undefined;

    constructor(
        readonly channelId: string,
        readonly block: OrderedBlock,
        readonly codes: readonly ValidationCode[],
        /** Chain of hashes over verdicts and state updates, by which peers can be compared; empty before it starts. */
        readonly commitHash: Uint8Array,
        /** Why transactions are invalid, in words; empty for valid ones. Not kept on disk. */
        readonly reasons: readonly string[] = [],
    ) {}

    get number(): number {
        return this.block.number;
    }

    get transactions(): readonly CommittedTransaction[] {
        this.told ??= this.block.transactions.map((transaction, index) => this.tell(transaction, index));
        return this.told;
    }

    transaction(index: number): CommittedTransaction | undefined {
        const transaction = this.block.transaction(index);
        return this.told?.[index] ?? (transaction && this.tell(transaction, index));
    }

    /** Let go of what was read of the transactions, which most blocks are never asked for again. */
    release(): void {
        this.told = undefined;
        this.block.release();
    }

    /** The common.Block with this peer's metadata, as the Deliver service sends it. */
    message(): common.Block {
        const lastConfig = new common.Metadata();
        lastConfig.setValue(new common.LastConfig().serializeBinary());
        const commitHash = new common.Metadata();
        commitHash.setValue(this.commitHash);
        const metadata = new common.BlockMetadata();
        metadata.setMetadataList([
            this.block.signatures,
            lastConfig.serializeBinary(),
            Uint8Array.from(this.codes),
            new Uint8Array(),
            this.commitHash.length === 0 ? new Uint8Array() : commitHash.serializeBinary(),
        ]);
        const message = this.block.message();
        message.setMetadata(metadata);
        return message;
    }

    private tell(transaction: Transaction, index: number): CommittedTransaction {
        const action = readableAction(transaction);
        return {
            txId: transaction.txId,
            blockNumber: this.number,
            index,
            code: this.codes[index] ?? Code.NOT_VALIDATED,
            reason: this.reasons[index] ?? '',
            headerType: transaction.type,
            chaincode: action?.chaincode,
            event: action === undefined || action.event.length === 0 ? undefined : action.event,
            envelope: transaction.envelope,
        };
    }
}

function readableAction(transaction: Transaction): Transaction['action'] | undefined {
    if (transaction.type !== common.HeaderType.ENDORSER_TRANSACTION) return undefined;
    try {
        return transaction.action;
    } catch {
        return undefined;
    }
}
