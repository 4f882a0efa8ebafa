import type { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeHost, Note, SystemChaincode } from './chaincode/support';
import { ChaincodeSupport } from './chaincode/support';
import type { TransactionParams } from './chaincode/invocation';
import type { Clock } from './clock';
import type { ProposalOutcome } from './endorser/endorser';
import { checkAccess, Endorser } from './endorser/endorser';
import type { Channel, OrderedBlock, PeerLedger } from './ledger';
import type { Signer } from './signer';

export interface PeerOptions {
    /** `peer0.bank-a.example.com` */
    readonly name: string;
    readonly mspId: string;
    readonly signer: Signer;
    readonly channel: Channel;
    readonly ledger: PeerLedger;
    readonly host: ChaincodeHost & { isInstalled(chaincode: string): boolean };
    readonly systemChaincodes: ReadonlyMap<string, SystemChaincode>;
    readonly disseminate: (from: Peer, txId: string, privateSet: Uint8Array) => Promise<void>;
    readonly executeTimeout: number;
    readonly clock: Clock;
    /** Takes note of what happens to a transaction on this peer. */
    readonly note: Note;
}

/** One peer of an institution: endorses with its own identity, commits to its own ledger. */
export class Peer {
    readonly name: string;
    readonly mspId: string;
    readonly ledger: PeerLedger;
    readonly chaincodes: ChaincodeSupport;
    /** `name:port` once it listens; how error details name it. */
    endpoint = '';
    private running = false;
    private readonly endorser: Endorser;
    private readonly host: PeerOptions['host'];
    private commits: Promise<unknown> = Promise.resolve();
    private commitDelay = 0;

    constructor(options: PeerOptions) {
        const { name, mspId, channel, ledger, signer } = options;
        this.name = name;
        this.mspId = mspId;
        this.ledger = ledger;
        this.host = options.host;
        this.chaincodes = new ChaincodeSupport({
            ledger,
            host: options.host,
            systemChaincodes: options.systemChaincodes,
            executeTimeout: options.executeTimeout,
            note: options.note,
            mayInvoke: (channelId, transaction) => mayInvoke(channel, channelId, transaction),
        });
        this.endorser = new Endorser({
            channel,
            signer,
            ledger,
            chaincodes: this.chaincodes,
            clock: options.clock,
            note: options.note,
            disseminate: (txId, privateSet) => options.disseminate(this, txId, privateSet),
        });
    }

    get isRunning(): boolean {
        return this.running;
    }

    hasChaincode(chaincode: string): boolean {
        if (this.chaincodes.isSystem(chaincode)) return true;
        return this.ledger.definition(chaincode) !== undefined && this.host.isInstalled(chaincode);
    }

    async processProposal(signed: peer.SignedProposal): Promise<ProposalOutcome> {
        if (!this.running) {
            throw new Error(
                `rpc error: code = Unavailable desc = connection error: desc = "transport: error while dialing: dial tcp ${this.endpoint}: connect: connection refused"`,
            );
        }
        return this.endorser.process(signed);
    }

    /** Validate and commit a block, after those before it. A stopped peer takes the blocks it missed when it starts. */
    commit(block: OrderedBlock): Promise<unknown> {
        if (!this.running) return Promise.resolve();
        this.commits = this.commits.then(async () => {
            if (this.commitDelay > 0) await new Promise(resolve => setTimeout(resolve, this.commitDelay));
            if (this.running && block.number === this.ledger.height) await this.ledger.commit(block);
        });
        return this.commits;
    }

    /** Resolves when every block handed over so far is committed. */
    async settled(): Promise<void> {
        await this.commits;
    }

    /** Fault: every commit waits so many milliseconds first; 0 ends it. */
    delayCommits(milliseconds: number): void {
        this.commitDelay = milliseconds;
    }

    /** Fault: endorse this result in place of the chaincode's; undefined ends it. */
    answerWith(result: string | undefined): void {
        this.endorser.falseResult = result;
    }

    stop(): void {
        this.running = false;
        this.chaincodes.disconnect();
    }

    /** Start, for the first time or again, and commit the blocks missed so far. */
    async start(missed: readonly OrderedBlock[]): Promise<void> {
        await this.commits;
        this.running = true;
        for (const block of missed) void this.commit(block);
        await this.commits;
    }

    async close(): Promise<void> {
        this.stop();
        await this.commits;
        await this.ledger.close();
    }
}

function mayInvoke(channel: Channel, channelId: string, transaction: TransactionParams): void {
    if (channelId !== channel.name) throw new Error(`Failed to get policy manager for channel [${channelId}]`);
    const { signedProposal, creator } = transaction;
    checkAccess(channel, channelId, '/Channel/Application/Writers', signedProposal, creator.serialized);
}
