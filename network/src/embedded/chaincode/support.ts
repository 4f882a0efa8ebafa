import type { MessagePort } from 'node:worker_threads';
import { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeDefinition, PeerLedger } from '../ledger';
import type { Detail } from '../trace/trace-book';
import { wrap } from '../wrap';
import type { TransactionParams } from './invocation';
import { Invocation } from './invocation';
import { ChaincodeStream } from './stream';

const types = peer.ChaincodeMessage.Type;

/** Key under which an initialised chaincode is marked, outside of what chaincode itself may write. */
const initializedKey = '\x00\u{10FFFF}initialized';

/** Takes note of something that happens to a transaction. */
export type Note = (txId: string, what: string, detail: Detail) => void;

/** A chaincode that is part of the peer. */
export interface SystemChaincode {
    invoke(args: readonly Uint8Array[], transaction: TransactionParams): peer.Response | Promise<peer.Response>;
}

/** What runs the chaincode of an institution. */
export interface ChaincodeHost {
    /** The peer's end of a new stream to the chaincode, which is started if need be. Undefined if it is not installed at this institution. */
    connect(chaincode: string): Promise<MessagePort | undefined>;
}

export interface ChaincodeSupportOptions {
    readonly ledger: PeerLedger;
    readonly host: ChaincodeHost;
    readonly systemChaincodes: ReadonlyMap<string, SystemChaincode>;
    /** Throws unless the creator may call chaincode on the channel. */
    readonly mayInvoke: (channelId: string, transaction: TransactionParams) => void;
    /** Milliseconds; 0 never times out. */
    readonly executeTimeout: number;
    readonly note: Note;
}

/** Runs chaincode for one peer. */
export class ChaincodeSupport {
    private readonly streams = new Map<string, Promise<ChaincodeStream>>();

    constructor(private readonly options: ChaincodeSupportOptions) {}

    isSystem(chaincode: string): boolean {
        return this.options.systemChaincodes.has(chaincode);
    }

    /** Response and event of a chaincode. Errors carry Fabric's wording for everything that is not the chaincode's own reply. */
    async execute(
        transaction: TransactionParams,
        chaincode: string,
        input: peer.ChaincodeInput,
    ): Promise<{ readonly response: peer.Response; readonly event: peer.ChaincodeEvent | undefined }> {
        let message: peer.ChaincodeMessage;
        try {
            message = await this.invoke(transaction, chaincode, input);
        } catch (error) {
            throw wrap(`failed to execute transaction ${transaction.txId}`, error);
        }
        if (message.getType() === types.ERROR) {
            const text = Buffer.from(message.getPayload_asU8()).toString();
            throw new Error(`transaction returned with failure: ${text}`);
        }
        const event = message.getChaincodeEvent();
        event?.setChaincodeId(chaincode);
        event?.setTxId(transaction.txId);
        return { response: peer.Response.deserializeBinary(message.getPayload_asU8()), event };
    }

    /** End all streams; later calls open new ones. */
    disconnect(chaincode?: string): void {
        for (const [name, opening] of this.streams) {
            if (chaincode !== undefined && name !== chaincode) continue;
            this.streams.delete(name);
            opening.then(
                stream => stream.end(),
                () => undefined,
            );
        }
    }

    /** Open the stream to a chaincode ahead of the first call. */
    async connect(chaincode: string): Promise<void> {
        await this.stream(chaincode);
    }

    private async invoke(
        transaction: TransactionParams,
        chaincode: string,
        input: peer.ChaincodeInput,
    ): Promise<peer.ChaincodeMessage> {
        const system = this.options.systemChaincodes.get(chaincode);
        if (system !== undefined) return this.invokeSystem(system, transaction, input);
        const { channelId } = transaction;
        const definition = transaction.simulator?.chaincodeDefinition(chaincode);
        if (definition === undefined) {
            throw new Error(
                `invalid invocation: [channel ${channelId}] failed to get chaincode container info for ${chaincode}: ` +
                    `chaincode ${chaincode} not found`,
            );
        }
        const isInit = mustInitialise(definition, transaction, input);
        const stream = await this.stream(chaincode);
        const invocation = new Invocation(transaction, chaincode, isInit);
        try {
            return await stream.execute(invocation, input, this.options.executeTimeout);
        } catch (error) {
            throw wrap('error sending', error);
        }
    }

    private async invokeSystem(
        system: SystemChaincode,
        transaction: TransactionParams,
        input: peer.ChaincodeInput,
    ): Promise<peer.ChaincodeMessage> {
        const response = await system.invoke(input.getArgsList_asU8(), transaction);
        const message = new peer.ChaincodeMessage();
        message.setType(types.COMPLETED);
        message.setTxid(transaction.txId);
        message.setChannelId(transaction.channelId);
        message.setPayload(response.serializeBinary());
        return message;
    }

    /** A chaincode calls another: same simulator, so that its writes land in the callee's namespace; its event is lost. */
    private async callFromChaincode(payload: Uint8Array, caller: Invocation): Promise<peer.ChaincodeMessage> {
        const spec = peer.ChaincodeSpec.deserializeBinary(payload);
        const { chaincode, channel } = parseName(spec.getChaincodeId()?.getName() ?? '');
        const { transaction } = caller;
        const channelId = channel === '' ? transaction.channelId : channel;
        if (!this.isSystem(chaincode)) this.options.mayInvoke(channelId, transaction);
        if (channelId !== transaction.channelId) throw new Error(`failed to find ledger for channel: ${channelId}`);
        try {
            return await this.invoke(transaction, chaincode, spec.getInput() ?? new peer.ChaincodeInput());
        } catch (error) {
            throw wrap('execute failed', error);
        }
    }

    private async stream(chaincode: string): Promise<ChaincodeStream> {
        const known = this.streams.get(chaincode);
        if (known !== undefined) {
            const stream = await known.catch(() => undefined);
            if (stream?.ended === false) return stream;
            if (this.streams.get(chaincode) === known) this.streams.delete(chaincode);
            return this.stream(chaincode);
        }
        const opening = this.open(chaincode);
        this.streams.set(chaincode, opening);
        return opening;
    }

    private async open(chaincode: string): Promise<ChaincodeStream> {
        const port = await this.options.host.connect(chaincode);
        if (port === undefined) {
            throw new Error(`chaincode definition for '${chaincode}' exists, but chaincode is not installed`);
        }
        const call = (payload: Uint8Array, caller: Invocation) => this.callFromChaincode(payload, caller);
        const stream = new ChaincodeStream(port, call, this.options.note);
        await stream.ready;
        return stream;
    }
}

/** Whether this is the initialising call of a chaincode whose definition asks for one. */
function mustInitialise(
    definition: ChaincodeDefinition,
    transaction: TransactionParams,
    input: peer.ChaincodeInput,
): boolean {
    const { name, version, initRequired } = definition;
    const needed =
        initRequired && Buffer.from(transaction.simulator?.getState(name, initializedKey) ?? []).toString() !== version;
    if (input.getIsInit()) {
        if (!initRequired)
            throw new Error(
                `invalid invocation: chaincode '${name}' does not require initialization but called as init`,
            );
        if (!needed)
            throw new Error(`invalid invocation: chaincode '${name}' is already initialized but called as init`);
        transaction.simulator?.putState(name, initializedKey, Buffer.from(version));
        return true;
    }
    if (needed) {
        throw new Error(
            `invalid invocation: chaincode '${name}' has not been initialized for this version, must call as init first`,
        );
    }
    return false;
}

/** `name:version/channel`, of which version and channel may be absent; the version is not looked at. */
function parseName(text: string): { chaincode: string; channel: string } {
    const slash = text.indexOf('/');
    const [chaincode = ''] = (slash < 0 ? text : text.slice(0, slash)).split(':');
    return { chaincode, channel: slash < 0 ? '' : text.slice(slash + 1) };
}
