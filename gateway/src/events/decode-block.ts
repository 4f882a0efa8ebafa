import { createHash } from 'node:crypto';

import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';

import { argumentsOf, endorsementsOf } from '../client/endorser';
import { decodeReads, decodeWrites, partsOfKey } from './read-write-set';
import { PrivateValue } from './private-value';

import type { LedgerBlock, LedgerCall, LedgerTransaction, PrivateContent, PrivateWrite } from './block';

const { kvrwset } = ledger.rwset;

/** Reads a block as the Deliver service sends it, with the private data that came with it. */
export function decodeBlock(message: peer.BlockAndPrivateData): LedgerBlock {
    const block = message.getBlock() ?? new common.Block();
    const header = block.getHeader() ?? new common.BlockHeader();
    const codes = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER];
    const shown = message.getPrivateDataMapMap();
    const envelopes = block.getData()?.getDataList_asU8() ?? [];
    return {
        number: BigInt(header.getNumber()),
        previousHash: hexadecimal(header.getPreviousHash_asU8()),
        dataHash: hexadecimal(header.getDataHash_asU8()),
        transactions: envelopes.map((bytes, place) =>
            decodeTransaction(bytes, place, codes?.[place], shown.get(place)),
        ),
    };
}

function decodeTransaction(
    bytes: Uint8Array,
    place: number,
    code: number | undefined,
    shown: ledger.rwset.TxPvtReadWriteSet | undefined,
): LedgerTransaction {
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8());
    const header = payload.getHeader() ?? new common.Header();
    const channel = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    const signature = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
    const kind = kindOf(channel.getType());
    return {
        transactionId: channel.getTxId(),
        place,
        kind,
        validationCode: nameOf(code),
        valid: code === peer.TxValidationCode.VALID,
        time: channel.getTimestamp()?.toDate() ?? new Date(0),
        creator: msp.SerializedIdentity.deserializeBinary(signature.getCreator_asU8()).getMspid(),
        ...(kind === 'call' && { call: decodeCall(payload.getData_asU8(), shown) }),
    };
}

function decodeCall(bytes: Uint8Array, shown: ledger.rwset.TxPvtReadWriteSet | undefined): LedgerCall {
    const [action] = peer.Transaction.deserializeBinary(bytes).getActionsList();
    const payload = peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array());
    const response = payload.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array();
    const result = peer.ProposalResponsePayload.deserializeBinary(response).getExtension_asU8();
    const simulated = peer.ChaincodeAction.deserializeBinary(result);
    const sets = ledger.rwset.TxReadWriteSet.deserializeBinary(simulated.getResults_asU8()).getNsRwsetList();
    const proposal = peer.ChaincodeProposalPayload.deserializeBinary(payload.getChaincodeProposalPayload_asU8());
    const [transaction = '', ...args] = argumentsOf(proposal);
    return {
        chaincode: simulated.getChaincodeId()?.getName() ?? '',
        transaction,
        args,
        endorsedBy: endorsementsOf(payload),
        ...eventOf(simulated.getEvents_asU8()),
        reads: sets.flatMap(decodeReads),
        writes: sets.flatMap(decodeWrites),
        privateWrites: sets.flatMap(set => decodePrivateWrites(set, shown)),
    };
}

function eventOf(bytes: Uint8Array): Pick<LedgerCall, 'event'> {
    if (bytes.length === 0) return {};
    const event = peer.ChaincodeEvent.deserializeBinary(bytes);
    const text = Buffer.from(event.getPayload_asU8()).toString('utf8');
    return { event: { name: event.getEventName(), payload: JSON.parse(text) } };
}

/** The hashes that everybody sees, and under them what the reader was shown. */
function decodePrivateWrites(
    set: ledger.rwset.NsReadWriteSet,
    shown: ledger.rwset.TxPvtReadWriteSet | undefined,
): PrivateWrite[] {
    const namespace = set.getNamespace();
    const contents = shown ? contentsOf(shown, namespace) : new Map<string, PrivateContent>();
    return set.getCollectionHashedRwsetList().flatMap(hashed => {
        const collection = hashed.getCollectionName();
        const writes = kvrwset.HashedRWSet.deserializeBinary(hashed.getHashedRwset_asU8()).getHashedWritesList();
        return writes.map(write => {
            const keyHash = hexadecimal(write.getKeyHash_asU8());
            const content = contents.get(`${collection} ${keyHash}`);
            const deleted = write.getIsDelete() || write.getIsPurge();
            const valueHash = deleted ? {} : { valueHash: hexadecimal(write.getValueHash_asU8()) };
            return { namespace, collection, keyHash, ...valueHash, deleted, ...(content && { content }) };
        });
    });
}

/** Keys and values by collection and hash of the key. */
function contentsOf(shown: ledger.rwset.TxPvtReadWriteSet, namespace: string): Map<string, PrivateContent> {
    const contents = new Map<string, PrivateContent>();
    const sets = shown.getNsPvtRwsetList().filter(each => each.getNamespace() === namespace);
    for (const set of sets.flatMap(each => each.getCollectionPvtRwsetList()))
        for (const write of kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8()).getWritesList()) {
            const keyHash = createHash('sha256').update(write.getKey()).digest('hex');
            const value = write.getIsDelete() ? {} : { value: new PrivateValue(write.getValue_asU8()) };
            contents.set(`${set.getCollectionName()} ${keyHash}`, { key: partsOfKey(write.getKey()), ...value });
        }
    return contents;
}

function kindOf(type: number): LedgerTransaction['kind'] {
    if (type === common.HeaderType.ENDORSER_TRANSACTION) return 'call';
    return type === common.HeaderType.CONFIG ? 'configuration' : 'other';
}

/** `MVCC_READ_CONFLICT` for 11. */
function nameOf(code: number | undefined): string {
    return Object.entries(peer.TxValidationCode).find(([, value]) => value === code)?.[0] ?? `code ${code}`;
}

function hexadecimal(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString('hex');
}
