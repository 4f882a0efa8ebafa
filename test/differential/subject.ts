import { createPrivateKey } from 'node:crypto';
import { Client, credentials } from '@grpc/grpc-js';
import { common } from '@hyperledger/fabric-protos';
import { connect, GatewayError, signers, StatusCode } from '@hyperledger/fabric-gateway';
import type { Contract, ErrorDetail, Gateway, SubmittedTransaction, Transaction } from '@hyperledger/fabric-gateway';
import type { Laboratory, Network } from '@poolproof/network';
import { readWriteSetOf } from './read-write-set';
import type { Case, Proposed } from './workload';
import { institutions } from './workload';

/** What a client sees of one transaction. Compared between two networks as it stands. */
export interface Seen {
    readonly stage: 'evaluate' | 'endorse' | 'submit' | 'commit';
    /** gRPC status of a failure. */
    readonly status?: string;
    readonly message?: string;
    readonly details?: readonly string[];
    readonly result?: unknown;
    readonly readWriteSet?: unknown;
    /** Validation code. */
    readonly code?: string;
    /** Block relative to the first of the case. */
    readonly block?: string;
}

interface Endorsed {
    readonly transaction: Transaction;
    readonly seen: Seen;
}

interface Submitted extends Endorsed {
    readonly submitted: SubmittedTransaction;
}

/** One network under comparison, with a client of every institution. */
export class Subject {
    private readonly gateways = new Map<string, Gateway>();
    private readonly clients: Client[] = [];
    /** Transaction ids, replaced in all that is compared by the order in which they were made. */
    private readonly names = new Map<string, string>();

    private constructor(
        readonly network: Network,
        private readonly laboratory?: Laboratory,
    ) {}

    /** @param laboratory of a network that cuts blocks when told to */
    static async open(network: Network, laboratory?: Laboratory): Promise<Subject> {
        const subject = new Subject(network, laboratory);
        for (const institution of institutions) await subject.addClient(institution);
        return subject;
    }

    /** @param cut what was seen of the case on a network that cuts blocks by the clock: they are cut alike where they can be */
    async run(wanted: Case, cut?: readonly Seen[]): Promise<readonly Seen[]> {
        if (wanted.kind === 'query') return [await this.evaluate(wanted.proposed[0]!)];
        const endorsed: (Endorsed | Seen)[] = [];
        for (const proposed of wanted.proposed) endorsed.push(await this.endorse(proposed));
        return wanted.kind === 'blockmates' ? this.commitTogether(endorsed, cut) : this.commitInTurn(endorsed);
    }

    /** Blocks on the channel. */
    async height(): Promise<number> {
        return (await this.chainInfo('bank')).getHeight();
    }

    /** The different last blocks of the institutions' peers: one where all are in step. */
    async tips(): Promise<readonly string[]> {
        const infos = await Promise.all(institutions.map(institution => this.chainInfo(institution)));
        return [...new Set(infos.map(info => info.getCurrentblockhash_asB64()))];
    }

    async inStep(): Promise<void> {
        while ((await this.tips()).length > 1) await new Promise(setImmediate);
    }

    /** Commit blocks that change nothing the cases look at. */
    async fill(blocks: number): Promise<void> {
        const steps = JSON.stringify([['put', 'filler', '']]);
        for (let made = 0; made < blocks; made += 1) await this.contract('bank').submitTransaction('run', steps);
    }

    async close(): Promise<void> {
        for (const gateway of this.gateways.values()) gateway.close();
        for (const client of this.clients) client.close();
        await this.network.close();
    }

    private async addClient(institution: string): Promise<void> {
        const endpoint = this.network.peers(institution)[0]!;
        const identity = await this.network.identity(institution, 'desk', { 'poolproof.role': 'tester' });
        const client = new Client(endpoint.address, credentials.createSsl(Buffer.from(endpoint.tlsRootPem)), {
            'grpc.ssl_target_name_override': endpoint.tlsHostName,
            'grpc.max_receive_message_length': -1,
        });
        this.clients.push(client);
        const gateway = connect({
            client,
            identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
            signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
        });
        this.gateways.set(institution, gateway);
    }

    private async chainInfo(institution: string): Promise<common.BlockchainInfo> {
        const { channel } = this.network.consortium;
        const qscc = this.gateways.get(institution)!.getNetwork(channel).getContract('qscc');
        return common.BlockchainInfo.deserializeBinary(await qscc.evaluateTransaction('GetChainInfo', channel));
    }

    private contract(institution: string): Contract {
        const { channel, chaincode } = this.network.consortium;
        return this.gateways.get(institution)!.getNetwork(channel).getContract(chaincode.name);
    }

    private async evaluate(proposed: Proposed): Promise<Seen> {
        try {
            const proposal = this.contract(proposed.client).newProposal('run', optionsOf(proposed));
            this.name(proposal.getTransactionId());
            return { stage: 'evaluate', result: this.readable(await proposal.evaluate()) };
        } catch (error) {
            return this.failure('evaluate', error);
        }
    }

    private async endorse(proposed: Proposed): Promise<Endorsed | Seen> {
        try {
            const proposal = this.contract(proposed.client).newProposal('run', optionsOf(proposed));
            this.name(proposal.getTransactionId());
            const transaction = await proposal.endorse();
            const readWriteSet = readWriteSetOf(transaction.getBytes());
            const result = this.readable(transaction.getResult());
            return { transaction, seen: { stage: 'commit', result, readWriteSet } };
        } catch (error) {
            return this.failure('endorse', error);
        }
    }

    private async commitInTurn(endorsed: readonly (Endorsed | Seen)[]): Promise<readonly Seen[]> {
        const all: Seen[] = [];
        for (const one of endorsed) all.push(...(await this.commitTogether([one])));
        return all;
    }

    /** Hand all to the orderer before asking for the outcome of any, so that they meet in one block, or in those cut elsewhere. */
    private async commitTogether(
        endorsed: readonly (Endorsed | Seen)[],
        cut: readonly Seen[] = [],
    ): Promise<readonly Seen[]> {
        const submit = (): Promise<readonly (Submitted | Seen)[]> => this.submitAll(endorsed, cut);
        const submitted = this.laboratory ? await this.laboratory.oneBlock(submit) : await submit();
        let first: bigint | undefined;
        const all: Seen[] = [];
        for (const one of submitted) {
            if ('stage' in one) {
                all.push(one);
                continue;
            }
            const { code, blockNumber } = await one.submitted.getStatus();
            first ??= blockNumber;
            all.push({ ...one.seen, code: codeName(code), block: `+${blockNumber - first}` });
        }
        return all;
    }

    private async submitAll(
        endorsed: readonly (Endorsed | Seen)[],
        cut: readonly Seen[],
    ): Promise<readonly (Submitted | Seen)[]> {
        const all: (Submitted | Seen)[] = [];
        let block = '+0';
        for (const [number, one] of endorsed.entries()) {
            const next = cut[number]?.block ?? block;
            if (next !== block) await this.laboratory?.cutBlock();
            block = next;
            all.push('stage' in one ? one : await this.submit(one));
        }
        return all;
    }

    private async submit(one: Endorsed): Promise<Submitted | Seen> {
        try {
            return { ...one, submitted: await one.transaction.submit() };
        } catch (error) {
            return this.failure('submit', error);
        }
    }

    private failure(stage: Seen['stage'], error: unknown): Seen {
        if (!(error instanceof GatewayError)) throw error;
        const details = [...new Set(error.details.map(detail => this.named(unordered(detail))))].sort();
        return { stage, status: String(error.code), message: this.named(inOrder(error.message)), details };
    }

    private readable(result: Uint8Array): unknown {
        return JSON.parse(this.named(Buffer.from(result).toString()));
    }

    private name(transactionId: string): void {
        this.names.set(transactionId, `<transaction ${this.names.size}>`);
    }

    private named(text: string): string {
        return text.replace(/[0-9a-f]{64}/g, hash => this.names.get(hash) ?? hash);
    }
}

/** Which of the peers that disagree are blamed, and so how many, depends on which answers first. */
function unordered({ mspId, message }: ErrorDetail): string {
    return message === 'ProposalResponsePayloads do not match' ? message : `${mspId}: ${message}`;
}

/** Fabric lists the collections of a refusal in the order of a Go map: any. */
function inOrder(message: string): string {
    return message.replace(/\[([\w ]+)\]/, (_, names: string) => `[${names.split(' ').sort().join(' ')}]`);
}

function optionsOf({ steps, transient, endorsers }: Proposed) {
    return {
        arguments: [JSON.stringify(steps)],
        ...(transient === undefined ? {} : { transientData: transient }),
        ...(endorsers === undefined ? {} : { endorsingOrganizations: [...endorsers] }),
    };
}

function codeName(code: number): string {
    return Object.entries(StatusCode).find(([, value]) => value === code)![0];
}
