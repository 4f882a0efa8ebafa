import type { MessagePort } from 'node:worker_threads';
import { peer } from '@hyperledger/fabric-protos';
import type { Invocation } from './invocation';
import { answers, describeRequest } from './requests';
import type { Note } from './support';

const types = peer.ChaincodeMessage.Type;
const typeNames = new Map(Object.entries(types).map(([name, value]) => [value as number, name]));

/** Last words of Fabric's peer when the chaincode goes away; the gateway looks for them. */
export const streamTerminated = 'chaincode stream terminated';

/** Runs another chaincode for one that is running; resolves with the message it ended with. */
export type CallChaincode = (payload: Uint8Array, invocation: Invocation) => Promise<peer.ChaincodeMessage>;

interface Running {
    readonly invocation: Invocation;
    readonly finish: (message: peer.ChaincodeMessage) => void;
    readonly fail: (error: Error) => void;
    /** Fabric answers one request of a transaction at a time and drops a second. */
    busy: boolean;
}

/** The peer's end of the stream to one chaincode: created, established once registered, then ready. */
export class ChaincodeStream {
    private state: 'created' | 'ready' | 'ended' = 'created';
    private readonly running = new Map<string, Running>();
    /** Resolves once the chaincode has registered. */
    readonly ready: Promise<void>;
    private becomeReady: () => void = () => undefined;
    private becomeFailed: (error: Error) => void = () => undefined;

    constructor(
        private readonly port: MessagePort,
        private readonly call: CallChaincode,
        private readonly note: Note,
    ) {
        this.ready = new Promise((resolve, reject) => {
            this.becomeReady = resolve;
            this.becomeFailed = reject;
        });
        this.ready.catch(() => undefined);
        this.port.on('message', (bytes: Uint8Array) => this.receive(peer.ChaincodeMessage.deserializeBinary(bytes)));
        this.port.on('close', () => this.end());
    }

    get ended(): boolean {
        return this.state === 'ended';
    }

    /** Send an invocation and wait for the message that completes it. `timeout` in milliseconds; 0 waits for ever. */
    async execute(invocation: Invocation, input: peer.ChaincodeInput, timeout: number): Promise<peer.ChaincodeMessage> {
        if (this.state === 'ended') throw new Error(streamTerminated);
        const { txId, channelId, signedProposal } = invocation.transaction;
        const id = channelId + txId;
        if (this.running.has(id)) throw new Error(`txid: ${txId}(${channelId}) exists`);
        const message = messageOf(invocation.isInit ? types.INIT : types.TRANSACTION, invocation);
        message.setPayload(input.serializeBinary());
        message.setProposal(signedProposal);
        let timer: NodeJS.Timeout | undefined;
        try {
            return await new Promise<peer.ChaincodeMessage>((finish, fail) => {
                this.running.set(id, { invocation, finish, fail, busy: false });
                if (timeout > 0) {
                    timer = setTimeout(() => fail(new Error('timeout expired while executing transaction')), timeout);
                }
                this.send(message);
            });
        } finally {
            clearTimeout(timer);
            this.running.delete(id);
            invocation.closeQueries();
        }
    }

    /** End the stream, whatever runs on it. */
    end(): void {
        if (this.state === 'ended') return;
        this.state = 'ended';
        const error = new Error(streamTerminated);
        this.becomeFailed(error);
        for (const { fail } of this.running.values()) fail(error);
        this.port.close();
    }

    private send(message: peer.ChaincodeMessage): void {
        this.port.postMessage(message.serializeBinary());
    }

    private receive(message: peer.ChaincodeMessage): void {
        const type: number = message.getType();
        if (type === types.KEEPALIVE) return;
        if (this.state === 'created' && type === types.REGISTER) return this.register();
        const running = this.running.get(message.getChannelId() + message.getTxid());
        if (this.state === 'ready' && (type === types.COMPLETED || type === types.ERROR)) {
            running?.finish(message);
        } else if (this.state === 'ready' && (type === types.INVOKE_CHAINCODE || answers.has(type))) {
            void this.answer(message, running);
        } else {
            // As Fabric: what does not belong in this state ends the stream.
            this.end();
        }
    }

    private register(): void {
        for (const type of [types.REGISTERED, types.READY]) {
            const message = new peer.ChaincodeMessage();
            message.setType(type);
            this.send(message);
        }
        this.state = 'ready';
        this.becomeReady();
    }

    private async answer(message: peer.ChaincodeMessage, running: Running | undefined): Promise<void> {
        if (running?.busy === true) return;
        if (running !== undefined) running.busy = true;
        const reply = new peer.ChaincodeMessage();
        reply.setTxid(message.getTxid());
        reply.setChannelId(message.getChannelId());
        const type: number = message.getType();
        try {
            if (running === undefined)
                throw new Error(
                    type === types.INVOKE_CHAINCODE ? 'could not get valid transaction' : 'no ledger context',
                );
            const answered = await this.payloadOf(type, message.getPayload_asU8(), running.invocation);
            reply.setType(types.RESPONSE);
            reply.setPayload(answered);
        } catch (error) {
            const cause = error instanceof Error ? error.message : String(error);
            const text = `${typeNames.get(type) ?? type} failed: transaction ID: ${message.getTxid()}: ${cause}`;
            reply.setType(types.ERROR);
            reply.setPayload(Buffer.from(text));
        }
        if (running !== undefined) running.busy = false;
        if (this.state === 'ready') this.send(reply);
    }

    private async payloadOf(type: number, payload: Uint8Array, invocation: Invocation): Promise<Uint8Array> {
        const answer = answers.get(type);
        const { txId } = invocation.transaction;
        this.note(txId, typeNames.get(type) ?? String(type), () => describeRequest(type, payload));
        if (answer !== undefined) return answer(payload, invocation);
        return (await this.call(payload, invocation)).serializeBinary();
    }
}

function messageOf(
    type: peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap],
    invocation: Invocation,
): peer.ChaincodeMessage {
    const message = new peer.ChaincodeMessage();
    message.setType(type);
    message.setTxid(invocation.transaction.txId);
    message.setChannelId(invocation.transaction.channelId);
    return message;
}
