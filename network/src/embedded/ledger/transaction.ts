import { common, ledger, peer } from '@hyperledger/fabric-protos';
import type { Channel, Policy } from './channel';
import { sameBytes, sha256 } from './digest';
import type { ChannelIdentity } from './msp';
import { readWriteSets } from './namespace-set';
import type { NamespaceSet } from './namespace-set';
import { invalid, valid } from './verdict';
import type { Verdict } from './verdict';

/** One of peer.TxValidationCode's values. */
export type ValidationCode = peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap];

/** What an endorsed transaction says it did. */
export interface Action {
    readonly chaincode: string;
    readonly version: string;
    /** peer.ProposalResponsePayload bytes: what the endorsers signed, followed by their identity. */
    readonly responsePayload: Uint8Array;
    readonly endorsements: readonly { readonly endorser: Uint8Array; readonly signature: Uint8Array }[];
    /** peer.ChaincodeEvent bytes; empty if there is none. */
    readonly event: Uint8Array;
    /** rwset.TxReadWriteSet bytes. */
    readonly results: Uint8Array;
}

/**
 * One envelope of a block, read once for all peers of the process. Everything here follows from the bytes and the channel's
 * organisations alone; what depends on a peer's state is decided in `endorsement-check` and `conflict-check`.
 */
export class Transaction {
    readonly header: common.ChannelHeader | undefined;
    private readonly signedEnvelope: common.Envelope | undefined;
    private readonly payload: common.Payload | undefined;
    private readonly signatureHeader: common.SignatureHeader | undefined;
    private readonly unreadable: Verdict | undefined;
    private verdict: Verdict | undefined;
    private signers: readonly ChannelIdentity[] | undefined;
    private readonly answers = new Map<Policy, boolean>();
    private readonly decoded = new Map<string, unknown>();

    constructor(readonly envelope: Uint8Array) {
        let stage: Parameters<typeof invalid>[0] = 'INVALID_OTHER_REASON';
        try {
            this.signedEnvelope = common.Envelope.deserializeBinary(envelope);
            stage = 'BAD_PAYLOAD';
            this.payload = common.Payload.deserializeBinary(this.signedEnvelope.getPayload_asU8());
            stage = 'BAD_COMMON_HEADER';
            const header = this.payload.getHeader();
            if (header === undefined) throw new Error('nil header');
            this.header = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
            this.signatureHeader = common.SignatureHeader.deserializeBinary(header.getSignatureHeader_asU8());
        } catch (error) {
            this.unreadable = invalid(stage, (error as Error).message);
        }
    }

    /** Empty where the envelope could not be read so far. */
    get txId(): string {
        return this.header?.getTxId() ?? '';
    }

    get type(): number {
        return this.header?.getType() ?? -1;
    }

    get timestamp(): { readonly seconds: number; readonly nanos: number } {
        const timestamp = this.header?.getTimestamp();
        return { seconds: timestamp?.getSeconds() ?? 0, nanos: timestamp?.getNanos() ?? 0 };
    }

    /** msp.SerializedIdentity bytes of the client. */
    get creator(): Uint8Array {
        return this.signatureHeader?.getCreator_asU8() ?? new Uint8Array();
    }

    /** The checks that need no state, in Fabric's order: form, creator's signature, transaction id, proposal hash. */
    formVerdict(channel: Channel): Verdict {
        this.verdict ??= this.judgeForm(channel);
        return this.verdict;
    }

    /** @throws Error if the transaction is not a readable endorsed one. */
    get action(): Action {
        return this.once('action', () => readAction(this.chaincodeActionPayload()));
    }

    /** Name of the chaincode in the header extension, where the proposal was addressed to. */
    get addressee(): string | undefined {
        const extension = peer.ChaincodeHeaderExtension.deserializeBinary(
            this.header?.getExtension_asU8() ?? new Uint8Array(),
        );
        return extension.getChaincodeId()?.getName();
    }

    /** @throws Error if the read and write sets cannot be read. */
    get sets(): readonly NamespaceSet[] {
        return this.once('sets', () =>
            readWriteSets(ledger.rwset.TxReadWriteSet.deserializeBinary(this.action.results)),
        );
    }

    /** Endorsers whose signatures over the response are good, each once. */
    endorsers(channel: Channel): readonly ChannelIdentity[] {
        this.signers ??= channel.signers(
            this.action.endorsements.map(({ endorser, signature }) => ({
                identity: endorser,
                data: Buffer.concat([this.action.responsePayload, endorser]),
                signature,
            })),
        );
        return this.signers;
    }

    /** Whether the endorsements satisfy the policy; remembered, since every peer asks the same of the same bytes. */
    isEndorsedBy(policy: Policy, channel: Channel): boolean {
        let answer = this.answers.get(policy);
        if (answer === undefined) {
            answer = policy.isSatisfiedBy(this.endorsers(channel));
            this.answers.set(policy, answer);
        }
        return answer;
    }

    private judgeForm(channel: Channel): Verdict {
        if (this.unreadable !== undefined) return this.unreadable;
        if (!this.hasGoodHeader())
            return invalid('BAD_COMMON_HEADER', 'type, epoch, nonce or creator is not as it must be');
        const unsigned = this.creatorProblem(channel);
        if (unsigned !== undefined) return invalid('BAD_CREATOR_SIGNATURE', unsigned);
        if (this.type !== common.HeaderType.ENDORSER_TRANSACTION) {
            const isConfig = this.type === common.HeaderType.CONFIG;
            return invalid(isConfig ? 'INVALID_CONFIG_TRANSACTION' : 'UNSUPPORTED_TX_PAYLOAD');
        }
        const id = sha256(this.signatureHeader?.getNonce_asU8() ?? '', this.creator).toString('hex');
        if (this.txId !== id) return invalid('BAD_PROPOSAL_TXID', `nonce and creator make ${id}`);
        try {
            if (this.bindsProposal()) return valid;
            return invalid('INVALID_ENDORSER_TRANSACTION', 'it is not one action on the proposal that was endorsed');
        } catch (error) {
            return invalid('INVALID_ENDORSER_TRANSACTION', (error as Error).message);
        }
    }

    private hasGoodHeader(): boolean {
        const types: readonly number[] = [
            common.HeaderType.ENDORSER_TRANSACTION,
            common.HeaderType.CONFIG_UPDATE,
            common.HeaderType.CONFIG,
        ];
        return types.includes(this.type) && this.header?.getEpoch() === 0 && isFilled(this.signatureHeader);
    }

    private creatorProblem(channel: Channel): string | undefined {
        try {
            const creator = channel.msps.identify(this.creator);
            creator.validate();
            const payload = this.signedEnvelope?.getPayload_asU8() ?? new Uint8Array();
            const signature = this.signedEnvelope?.getSignature_asU8() ?? new Uint8Array();
            return creator.verify(payload, signature)
                ? undefined
                : `it is not signed by its creator of ${creator.mspId}`;
        } catch (error) {
            return (error as Error).message;
        }
    }

    /** Exactly one action, and the endorsers' response names the hash of the very proposal in the envelope. */
    private bindsProposal(): boolean {
        const [action, ...more] = this.actions();
        if (action === undefined || more.length > 0) return false;
        const actionHeader = common.SignatureHeader.deserializeBinary(action.getHeader_asU8());
        if (!isFilled(actionHeader)) return false;
        const payload = this.chaincodeActionPayload();
        const response = peer.ProposalResponsePayload.deserializeBinary(
            payload.getAction()?.getProposalResponsePayload_asU8() ?? new Uint8Array(),
        );
        const proposed = sha256(
            this.payload?.getHeader()?.getChannelHeader_asU8() ?? '',
            action.getHeader_asU8(),
            payload.getChaincodeProposalPayload_asU8(),
        );
        return sameBytes(proposed, response.getProposalHash_asU8());
    }

    private chaincodeActionPayload(): peer.ChaincodeActionPayload {
        return this.once('payload', () => {
            const [action] = this.actions();
            if (action === undefined) throw new Error('no action');
            return peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
        });
    }

    private actions(): peer.TransactionAction[] {
        return this.once('actions', () =>
            peer.Transaction.deserializeBinary(this.payload?.getData_asU8() ?? new Uint8Array()).getActionsList(),
        );
    }

    private once<V>(name: string, make: () => V): V {
        if (!this.decoded.has(name)) this.decoded.set(name, make());
        return this.decoded.get(name) as V;
    }
}

function isFilled(header: common.SignatureHeader | undefined): boolean {
    return header !== undefined && header.getNonce_asU8().length > 0 && header.getCreator_asU8().length > 0;
}

function readAction(payload: peer.ChaincodeActionPayload): Action {
    const endorsed = payload.getAction();
    if (endorsed === undefined) throw new Error('nil action');
    const responsePayload = endorsed.getProposalResponsePayload_asU8();
    const response = peer.ProposalResponsePayload.deserializeBinary(responsePayload);
    const action = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
    return {
        chaincode: action.getChaincodeId()?.getName() ?? '',
        version: action.getChaincodeId()?.getVersion() ?? '',
        responsePayload,
        endorsements: endorsed.getEndorsementsList().map(endorsement => ({
            endorser: endorsement.getEndorser_asU8(),
            signature: endorsement.getSignature_asU8(),
        })),
        event: action.getEvents_asU8(),
        results: action.getResults_asU8(),
    };
}
