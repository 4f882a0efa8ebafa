import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { common, gateway, msp, peer } from '@hyperledger/fabric-protos';
import { GatewayService } from '@hyperledger/fabric-protos/lib/gateway/gateway_grpc_pb';

import { RpcError, toServiceError } from '@poolproof/network/dist/embedded/grpc';

import type { ServiceError, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { PeerAddress } from '@poolproof/gateway';

/** What the peer does with one call: answer it, refuse it with words of a peer behind it, or leave it without an answer. */
export type Turn =
    | { readonly answer: string; readonly endorsers?: readonly string[]; readonly effect?: string }
    | { readonly code: peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap] }
    | { readonly error: status; readonly said?: string; readonly by?: string }
    | 'silence';

export type Method = 'evaluate' | 'endorse' | 'submit' | 'commitStatus';

/** A gateway peer that does what it is told, call by call, and remembers the transaction id of each. */
export class ScriptedPeer {
    readonly calls: { method: Method; transactionId: string }[] = [];
    private readonly turns: Record<Method, Turn[]> = { evaluate: [], endorse: [], submit: [], commitStatus: [] };
    private readonly server = new Server();
    private port = 0;

    async start(): Promise<void> {
        this.server.addService(GatewayService, {
            evaluate: this.handler('evaluate', this.evaluated),
            endorse: this.handler('endorse', this.endorsed),
            submit: this.handler('submit', () => new gateway.SubmitResponse()),
            commitStatus: this.handler('commitStatus', this.committed),
            chaincodeEvents: () => undefined,
        });
        this.port = await new Promise((resolve, reject) =>
            this.server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
                error ? reject(error) : resolve(port),
            ),
        );
    }

    stop(): void {
        this.server.forceShutdown();
    }

    get address(): PeerAddress {
        return { name: 'peer0.bank-a.example.com', address: `127.0.0.1:${this.port}` };
    }

    /** What the next calls of a method get, in order. */
    will(method: Method, ...turns: Turn[]): this {
        this.turns[method].push(...turns);
        return this;
    }

    methods(): Method[] {
        return this.calls.map(call => call.method);
    }

    private handler<Q extends object, A>(method: Method, answer: (turn: Turn) => A) {
        return (call: ServerUnaryCall<Q, A>, reply: sendUnaryData<A>): void => {
            this.calls.push({ method, transactionId: transactionIdOf(call.request) });
            const turn = this.turns[method].shift();
            if (turn === undefined)
                return reply(failure({ error: status.ABORTED, said: `no turn left for ${method}` }));
            if (turn === 'silence') return;
            if (typeof turn === 'object' && 'error' in turn) return reply(failure(turn));
            reply(null, answer(turn));
        };
    }

    private readonly evaluated = (turn: Turn): gateway.EvaluateResponse => {
        const response = new gateway.EvaluateResponse();
        response.setResult(responseOf(turn));
        return response;
    };

    private readonly endorsed = (turn: Turn): gateway.EndorseResponse => {
        const response = new gateway.EndorseResponse();
        response.setPreparedTransaction(envelopeOf(turn));
        return response;
    };

    private readonly committed = (turn: Turn): gateway.CommitStatusResponse => {
        const response = new gateway.CommitStatusResponse();
        response.setResult(typeof turn === 'object' && 'code' in turn ? turn.code : peer.TxValidationCode.VALID);
        response.setBlockNumber(7);
        return response;
    };
}

function transactionIdOf(request: object): string {
    // Not instanceof: protobuf's classes of two test files are not the same.
    if ('getRequest_asU8' in request) {
        const bytes = (request as gateway.SignedCommitStatusRequest).getRequest_asU8();
        return gateway.CommitStatusRequest.deserializeBinary(bytes).getTransactionId();
    }
    return (request as gateway.EndorseRequest).getTransactionId();
}

function responseOf(turn: Turn): peer.Response {
    const response = new peer.Response();
    response.setStatus(200);
    response.setPayload(Buffer.from(typeof turn === 'object' && 'answer' in turn ? turn.answer : '{}'));
    return response;
}

/** An envelope as a gateway assembles it: just what a client reads of it. */
function envelopeOf(turn: Turn): common.Envelope {
    const chaincodeAction = new peer.ChaincodeAction();
    chaincodeAction.setResponse(responseOf(turn));
    chaincodeAction.setResults(Buffer.from(typeof turn === 'object' && 'answer' in turn ? (turn.effect ?? '') : ''));
    const result = new peer.ProposalResponsePayload();
    result.setExtension$(chaincodeAction.serializeBinary());
    const endorsed = new peer.ChaincodeEndorsedAction();
    endorsed.setProposalResponsePayload(result.serializeBinary());
    const endorsers = typeof turn === 'object' && 'answer' in turn ? (turn.endorsers ?? ['BankAMSP']) : [];
    endorsed.setEndorsementsList(endorsers.map(endorsementBy));
    const actionPayload = new peer.ChaincodeActionPayload();
    actionPayload.setAction(endorsed);
    const action = new peer.TransactionAction();
    action.setPayload(actionPayload.serializeBinary());
    const transaction = new peer.Transaction();
    transaction.setActionsList([action]);
    const channelHeader = new common.ChannelHeader();
    channelHeader.setChannelId('poolproof');
    const header = new common.Header();
    header.setChannelHeader(channelHeader.serializeBinary());
    const payload = new common.Payload();
    payload.setHeader(header);
    payload.setData(transaction.serializeBinary());
    const envelope = new common.Envelope();
    envelope.setPayload(payload.serializeBinary());
    return envelope;
}

function endorsementBy(mspId: string): peer.Endorsement {
    const identity = new msp.SerializedIdentity();
    identity.setMspid(mspId);
    const endorsement = new peer.Endorsement();
    endorsement.setEndorser(identity.serializeBinary());
    return endorsement;
}

/** A failure as a gateway tells it: in its own words, or with those of a peer of the institution named. */
function failure({ error, said = 'told to fail', by }: Extract<Turn, { error: status }>): Partial<ServiceError> {
    if (by === undefined) return { code: error, details: said };
    const detail = { address: 'peer0.example.com:7051', mspId: by, message: said };
    return toServiceError(new RpcError(error, 'failed to endorse transaction', [detail]));
}
