import { common } from '@hyperledger/fabric-protos';
import { sha256 } from './digest';
import { Transaction } from './transaction';

/**
 * A block as it was ordered. Immutable and shared by the peers of the process, so that its transactions are parsed once; what a
 * peer makes of them is its own.
 */
export class OrderedBlock {
    /** SHA-256 over all envelopes. */
    readonly dataHash: Uint8Array;
    /** SHA-256 over the header in ASN.1: the next block's `previousHash`. */
    readonly hash: Uint8Array;
    private parsed: readonly Transaction[] | undefined;

    constructor(
        readonly number: number,
        /** Empty in the first block. */
        readonly previousHash: Uint8Array,
        /** common.Envelope bytes. */
        readonly envelopes: readonly Uint8Array[],
        /** Signatures of the orderers (common.Metadata bytes); empty where blocks are not signed. */
        readonly signatures: Uint8Array = new Uint8Array(),
    ) {
        this.dataHash = sha256(...envelopes);
        this.hash = sha256(encodeHeader(number, previousHash, this.dataHash));
    }

    get transactions(): readonly Transaction[] {
        this.parsed ??= this.envelopes.map(envelope => new Transaction(envelope));
        return this.parsed;
    }

    /** One transaction, without reading the others of an old block again. */
    transaction(index: number): Transaction | undefined {
        if (this.parsed !== undefined) return this.parsed[index];
        const envelope = this.envelopes[index];
        return envelope && new Transaction(envelope);
    }

    /** Let go of what was read of the transactions; it is read again when asked for. */
    release(): void {
        this.parsed = undefined;
    }

    /** The common.Block without metadata. */
    message(): common.Block {
        const header = new common.BlockHeader();
        header.setNumber(this.number);
        header.setPreviousHash(this.previousHash);
        header.setDataHash(this.dataHash);
        const data = new common.BlockData();
        data.setDataList([...this.envelopes]);
        const block = new common.Block();
        block.setHeader(header);
        block.setData(data);
        return block;
    }
}

/** DER of SEQUENCE { number INTEGER, previousHash OCTET STRING, dataHash OCTET STRING }. */
function encodeHeader(number: number, previousHash: Uint8Array, dataHash: Uint8Array): Uint8Array {
    const content = Buffer.concat([encodeNumber(number), encodeOctets(previousHash), encodeOctets(dataHash)]);
    return Buffer.concat([Buffer.from([0x30, content.length]), content]);
}

function encodeNumber(number: number): Uint8Array {
    const hex = number.toString(16);
    const even = hex.length % 2 === 0 ? hex : `0${hex}`;
    const bytes = Buffer.from(parseInt(even.slice(0, 2), 16) > 0x7f ? `00${even}` : even, 'hex');
    return Buffer.concat([Buffer.from([0x02, bytes.length]), bytes]);
}

function encodeOctets(bytes: Uint8Array): Uint8Array {
    return Buffer.concat([Buffer.from([0x04, bytes.length]), bytes]);
}
