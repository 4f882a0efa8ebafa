import { peer } from '@hyperledger/fabric-protos';
import type { TransactionParams } from '../chaincode/invocation';
import type { Clock } from '../clock';
import type { ChaincodeSupport, Note } from '../chaincode/support';
import type { Channel, ChannelIdentity, PeerLedger, SimulationResults, Simulator } from '../ledger';
import type { Signer } from '../signer';
import { wrap } from '../wrap';
import { chaincodeInterest } from './interest';
import type { UnpackedProposal } from './proposal';
import { unpackProposal, validateProposal } from './proposal';

/** What a peer answers to a proposal. `error` is set where Fabric also fails the call: the proposal itself is bad. */
export interface ProposalOutcome {
    readonly response: peer.ProposalResponse;
    readonly error?: string;
}

export interface EndorserOptions {
    readonly channel: Channel;
    readonly signer: Signer;
    readonly ledger: PeerLedger;
    readonly chaincodes: ChaincodeSupport;
    readonly clock: Clock;
    readonly note: Note;
    /** Hand private writes to the peers that may hold them; throws if fewer than required take them. */
    readonly disseminate: (txId: string, privateSet: Uint8Array) => Promise<void>;
}

const writers = '/Channel/Application/Writers';

/** Endorses proposals for one peer: checks, simulates, signs. */
export class Endorser {
    /** Fault: endorsed in place of what the chaincode returns. */
    falseResult: string | undefined;

    constructor(private readonly options: EndorserOptions) {}

    /** Rejects where Fabric's peer answers nothing but an error: the client's certificate has expired. */
    async process(signed: peer.SignedProposal): Promise<ProposalOutcome> {
        let proposal: UnpackedProposal;
        try {
            proposal = unpackProposal(signed);
        } catch (error) {
            return failed((error as Error).message, true);
        }
        const { channelId } = proposal;
        if (this.isExpired(proposal)) throw new Error('proposal client identity expired');
        if (channelId !== '' && channelId !== this.options.channel.name)
            return failed(`channel '${channelId}' not found`);
        let creator: ChannelIdentity;
        try {
            creator = this.check(proposal);
        } catch (error) {
            return failed((error as Error).message, true);
        }
        try {
            const response = await this.endorse(proposal, creator);
            const status = response.getResponse()?.getStatus() ?? 0;
            this.options.note(proposal.txId, status < 400 ? 'endorsed' : 'refused by chaincode', `status ${status}`);
            return { response };
        } catch (error) {
            const { message } = error as Error;
            this.options.note(proposal.txId, 'failed', message);
            return failed(message);
        }
    }

    private isExpired({ creator }: UnpackedProposal): boolean {
        try {
            return this.options.channel.msps.identify(creator).expired(this.options.clock.now());
        } catch {
            // Whoever cannot be read is refused with its own words further on.
            return false;
        }
    }

    private check(proposal: UnpackedProposal): ChannelIdentity {
        const { channelId, txId } = proposal;
        let creator: ChannelIdentity;
        try {
            creator = validateProposal(proposal, this.options.channel.msps);
        } catch (error) {
            throw wrap('error validating proposal', error);
        }
        if (channelId === '') return creator;
        if (this.options.ledger.hasTransaction(txId)) {
            const creatorHex = Buffer.from(proposal.creator).toString('hex');
            throw new Error(`duplicate transaction found [${txId}]. Creator [${creatorHex}]`);
        }
        if (!this.options.chaincodes.isSystem(proposal.chaincode)) {
            checkAccess(this.options.channel, channelId, writers, proposal.signed, proposal.creator);
        }
        return creator;
    }

    private async endorse(proposal: UnpackedProposal, creator: ChannelIdentity): Promise<peer.ProposalResponse> {
        const { ledger } = this.options;
        const { chaincode, txId, channelId, signed } = proposal;
        const withoutSimulator = channelId === '' || chaincode === 'qscc' || chaincode === 'cscc';
        const simulator = withoutSimulator ? undefined : ledger.newSimulator(txId);
        try {
            const version = this.versionOf(proposal, simulator);
            const transaction: TransactionParams = {
                txId,
                channelId,
                signedProposal: signed,
                creator,
                simulator,
                ledger,
            };
            return await this.simulate(proposal, transaction, version);
        } finally {
            simulator?.done();
        }
    }

    private versionOf(proposal: UnpackedProposal, simulator: Simulator | undefined): string {
        const { chaincode, channelId } = proposal;
        if (this.options.chaincodes.isSystem(chaincode)) return 'syscc';
        const definition = simulator?.chaincodeDefinition(chaincode);
        if (definition !== undefined) return definition.version;
        throw new Error(
            `make sure the chaincode ${chaincode} has been successfully defined on channel ${channelId} and try again: ` +
                `chaincode ${chaincode} not found`,
        );
    }

    private async simulate(
        proposal: UnpackedProposal,
        transaction: TransactionParams,
        version: string,
    ): Promise<peer.ProposalResponse> {
        const { chaincode, txId } = proposal;
        let executed: { response: peer.Response; event: peer.ChaincodeEvent | undefined };
        let results: SimulationResults | undefined;
        try {
            executed = await this.options.chaincodes.execute(transaction, chaincode, proposal.input);
            results = transaction.simulator?.results();
            if (results?.privateSet !== undefined) await this.options.disseminate(txId, results.privateSet);
        } catch (error) {
            throw wrap('error in simulation', error);
        }
        if (this.falseResult !== undefined) executed.response.setPayload(Buffer.from(this.falseResult));
        const payload = responsePayload(proposal, version, executed.response, executed.event, results);
        return this.respond(proposal, executed.response, payload, results);
    }

    /** Responses from 500 up go back with their payload, those from 400 up without; only those below are signed. */
    private respond(
        proposal: UnpackedProposal,
        response: peer.Response,
        payload: Uint8Array,
        results: SimulationResults | undefined,
    ): peer.ProposalResponse {
        const message = new peer.ProposalResponse();
        message.setResponse(response);
        const status = response.getStatus();
        if ((status >= 400 && status < 500) || (status < 400 && proposal.channelId === '')) return message;
        message.setPayload(payload);
        if (results !== undefined) message.setInterest(chaincodeInterest(results.touched));
        if (status >= 500) return message;
        const { signer } = this.options;
        const signedBytes = Buffer.concat([payload, signer.serialized]);
        const signature = signer.sign(signedBytes);
        this.options.channel.msps.identify(signer.serialized).signedHere(signedBytes, signature);
        const endorsement = new peer.Endorsement();
        endorsement.setEndorser(signer.serialized);
        endorsement.setSignature(signature);
        message.setVersion(1);
        message.setEndorsement(endorsement);
        return message;
    }
}

/** Throws with Fabric's text unless the creator of a signed proposal satisfies a policy of the channel. */
export function checkAccess(
    channel: Channel,
    channelId: string,
    policy: string,
    signed: peer.SignedProposal,
    creator: Uint8Array,
): void {
    checkSigned(channel, channelId, policy, {
        identity: creator,
        data: signed.getProposalBytes_asU8(),
        signature: signed.getSignature_asU8(),
    });
}

/** Same for any signed data. */
export function checkSigned(
    channel: Channel,
    channelId: string,
    policy: string,
    signed: { readonly identity: Uint8Array; readonly data: Uint8Array; readonly signature: Uint8Array },
): void {
    try {
        channel.check(policy, [signed]);
    } catch (error) {
        const { message } = error as Error;
        throw new Error(
            `Failed evaluating policy on signed data during check policy on channel [${channelId}] ` +
                `with policy [${policy}]: [${message}]`,
            { cause: error },
        );
    }
}

function responsePayload(
    proposal: UnpackedProposal,
    version: string,
    response: peer.Response,
    event: peer.ChaincodeEvent | undefined,
    results: SimulationResults | undefined,
): Uint8Array {
    const id = new peer.ChaincodeID();
    id.setName(proposal.chaincode);
    id.setVersion(version);
    const action = new peer.ChaincodeAction();
    if (results !== undefined) action.setResults(results.publicSet);
    if (event !== undefined) action.setEvents(event.serializeBinary());
    action.setResponse(response);
    action.setChaincodeId(id);
    const payload = new peer.ProposalResponsePayload();
    payload.setProposalHash(proposal.hash);
    payload.setExtension$(action.serializeBinary());
    return payload.serializeBinary();
}

function failed(message: string, fails = false): ProposalOutcome {
    const response = new peer.Response();
    response.setStatus(500);
    response.setMessage(message);
    const proposalResponse = new peer.ProposalResponse();
    proposalResponse.setResponse(response);
    return fails ? { response: proposalResponse, error: message } : { response: proposalResponse };
}
