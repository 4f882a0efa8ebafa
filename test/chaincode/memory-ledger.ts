import './quiet';

import { createHash } from 'node:crypto';

import { KeyEndorsementPolicy } from 'fabric-shim';

import { collectionsOf, readConsortium } from '@poolproof/network';
import { contracts } from '@poolproof/chaincode';

import type { ChaincodeStub, ClientIdentity, Iterators } from 'fabric-shim-api';
import type { Collection, Consortium } from '@poolproof/network';

/** A client: an institution of the consortium, and the roles its certificate names. */
export interface Client {
    readonly institution: string;
    readonly roles: string;
}

export interface Outcome {
    readonly reply: unknown;
    readonly event: { readonly name: string; readonly payload: unknown };
    /** Institutions whose peers the rules of Fabric demand for what was written; `majority` of the chaincode's policy. */
    readonly endorsers: ReadonlySet<string>;
}

interface Contract {
    createContext(): { stub: ChaincodeStub; clientIdentity: ClientIdentity };
    beforeTransaction(ctx: unknown): Promise<void>;
    getName(): string;
}

/** What peers have endorsed and no block holds yet. */
export interface Endorsed extends Outcome {
    /** Orders it. False, and nothing is written, where something that it has read has been written since (MVCC_READ_CONFLICT). */
    readonly commit: () => boolean;
}

/** Ids that a composite key is made of stand between zero characters, as in Fabric. */
const separator = '\u0000';

/**
 * The ledger as a transaction sees it: reads give committed state, never the transaction's own writes; private data needs a client of a
 * member; writes land when the whole transaction has succeeded, and only if there are peers that can endorse it.
 */
export class MemoryLedger {
    readonly state = new Map<string, Uint8Array>();
    readonly policies = new Map<string, Uint8Array>();
    readonly hidden = new Map<string, Map<string, Uint8Array>>();
    private readonly collections: ReadonlyMap<string, Collection>;
    private readonly served = new Map(
        (contracts as (new () => unknown)[])
            .map(each => new each() as Contract & Record<string, (...given: unknown[]) => Promise<string>>)
            .map(each => [each.getName(), each]),
    );
    private transactions = 0;

    constructor(
        private readonly consortium: Consortium = readConsortium(require.resolve('../../../network/consortium.json')),
    ) {
        this.collections = new Map(collectionsOf(consortium).map(each => [each.name, each]));
    }

    async submit(client: Client, transaction: string, request: unknown, transient: Transient = {}): Promise<Outcome> {
        const { commit, ...outcome } = await this.endorse(client, transaction, request, transient);
        if (!commit()) throw new Error('MVCC_READ_CONFLICT');
        return outcome;
    }

    async endorse(client: Client, transaction: string, request: unknown, transient: Transient = {}): Promise<Endorsed> {
        const view = this.view(client, transaction, request, transient);
        const reply = await this.run(view, client, transaction, request);
        return { reply, event: view.event(), endorsers: view.endorsers(), commit: () => view.commit() };
    }

    /** The same records in a ledger of its own. */
    copy(): MemoryLedger {
        const copy = new MemoryLedger(this.consortium);
        for (const [key, value] of this.state) copy.state.set(key, value);
        for (const [key, policy] of this.policies) copy.policies.set(key, policy);
        for (const [name, records] of this.hidden) copy.hidden.set(name, new Map(records));
        return copy;
    }

    async evaluate(client: Client, transaction: string, request?: unknown): Promise<unknown> {
        return this.run(this.view(client, transaction, request, {}), client, transaction, request);
    }

    /** The records of a collection. */
    hiddenIn(name: string): Map<string, Uint8Array> {
        const known = this.hidden.get(name);
        if (known) return known;
        const records = new Map<string, Uint8Array>();
        this.hidden.set(name, records);
        return records;
    }

    /** Everything that peers outside the collections hold, as text. */
    publicText(): string {
        return [...this.state].map(([key, value]) => `${key} ${Buffer.from(value).toString()}`).join('\n');
    }

    mspOf(institution: string): string {
        return this.consortium.institutions.find(({ id }) => id === institution)?.mspId ?? institution;
    }

    private view(client: Client, transaction: string, request: unknown, transient: Transient): View {
        this.transactions += 1;
        const call = [transaction, ...(request === undefined ? [] : [textOf(request)])];
        return new View(
            this,
            this.collections,
            this.mspOf(client.institution),
            call,
            transient,
            `tx${this.transactions}`,
        );
    }

    private async run(view: View, client: Client, transaction: string, request: unknown): Promise<unknown> {
        const [name = '', method = ''] = transaction.split(':');
        const contract = this.served.get(name);
        if (contract === undefined) throw new Error(`no contract ${name}`);
        const ctx = contract.createContext();
        ctx.stub = view.stub();
        ctx.clientIdentity = identityOf(this.mspOf(client.institution), client.roles);
        await contract.beforeTransaction(ctx);
        const given = request === undefined ? [] : [textOf(request)];
        return JSON.parse((await contract[method]?.(ctx, ...given)) ?? 'null') as unknown;
    }
}

export type Transient = Readonly<Record<string, Uint8Array>>;

/** One transaction's view: its reads and writes, and who can endorse them. */
class View {
    private readonly writes = new Map<string, Uint8Array | undefined>();
    private readonly laid = new Map<string, Uint8Array>();
    private readonly hiddenWrites = new Map<string, Map<string, Uint8Array | undefined>>();
    private readonly hiddenReads = new Set<string>();
    /** Where each value was read, and the value: it is as old as that. */
    private readonly read: (readonly [ReadonlyMap<string, Uint8Array>, string, Uint8Array | undefined])[] = [];
    private told: { name: string; payload: unknown } | undefined;

    constructor(
        private readonly ledger: MemoryLedger,
        private readonly collections: ReadonlyMap<string, Collection>,
        private readonly mspId: string,
        private readonly call: readonly string[],
        private readonly transient: Transient,
        private readonly txId: string,
    ) {}

    event(): { name: string; payload: unknown } {
        return this.told ?? { name: '', payload: undefined };
    }

    /**
     * Whom Fabric would ask: for a public key its key-level policy, else the chaincode's majority; for a private key the collection's
     * policy. Whoever must endorse must hold the private data that was read.
     */
    endorsers(): Set<string> {
        const needed = new Set<string>();
        for (const key of this.writes.keys()) {
            const policy = this.ledger.policies.get(key);
            const parties = policy ? new KeyEndorsementPolicy(policy).listOrgs() : ['majority'];
            parties.forEach(party => needed.add(party));
        }
        for (const name of this.hiddenWrites.keys())
            partiesOf(this.collection(name)).forEach(party => needed.add(party));
        for (const name of this.hiddenReads)
            for (const party of needed)
                if (!membersOf(this.collection(name)).includes(party))
                    throw new Error(`${party} must endorse, but cannot read ${name}`);
        return needed;
    }

    commit(): boolean {
        if (this.read.some(([source, key, value]) => source.get(key) !== value)) return false;
        for (const [key, value] of this.writes) put(this.ledger.state, key, value);
        for (const [key, policy] of this.laid) this.ledger.policies.set(key, policy);
        for (const [name, writes] of this.hiddenWrites) {
            const target = this.ledger.hiddenIn(name);
            for (const [key, value] of writes) put(target, key, value);
        }
        return true;
    }

    stub(): ChaincodeStub {
        const stub: Partial<ChaincodeStub> = {
            getArgs: () => [...this.call],
            getFunctionAndParameters: () => ({ fcn: this.call[0] ?? '', params: this.call.slice(1) }),
            getTxID: () => this.txId,
            getTransient: () => new Map(Object.entries(this.transient)),
            createCompositeKey: (type, attributes) => {
                if (attributes.includes('')) throw new Error('object type or attribute not a non-zero length string');
                return separator + [type, ...attributes, ''].join(separator);
            },
            getState: key => this.get(this.ledger.state, key),
            putState: (key, value) => this.write(key, value),
            deleteState: key => this.write(key, undefined),
            getStateValidationParameter: key => Promise.resolve(this.ledger.policies.get(key) ?? new Uint8Array()),
            setStateValidationParameter: (key, policy) => {
                this.laid.set(key, policy);
                return Promise.resolve();
            },
            getStateByPartialCompositeKey: ((type: string, attributes: string[]) =>
                this.range(...boundsOf(separator + [type, ...attributes, ''].join(separator)))) as never,
            getPrivateData: (name, key) => {
                this.mustBeMember(name);
                this.hiddenReads.add(name);
                return this.get(this.ledger.hiddenIn(name), key);
            },
            getPrivateDataByRange: ((name: string, start: string, end: string) => {
                this.mustBeMember(name);
                return this.range(start, end, this.ledger.hidden.get(name) ?? new Map());
            }) as never,
            splitCompositeKey: key => {
                const [, objectType = '', ...rest] = key.split(separator);
                return { objectType, attributes: rest.slice(0, -1) };
            },
            getPrivateDataHash: (name, key) => {
                const value = this.get(this.ledger.hiddenIn(name), key);
                return value.then(found => (found.length ? createHash('sha256').update(found).digest() : found));
            },
            putPrivateData: (name, key, value) => this.writeHidden(name, key, value),
            deletePrivateData: (name, key) => this.writeHidden(name, key, undefined),
            setEvent: (name, payload) => {
                this.told = { name, payload: JSON.parse(Buffer.from(payload).toString()) };
            },
        };
        return stub as ChaincodeStub;
    }

    private get(source: ReadonlyMap<string, Uint8Array>, key: string): Promise<Uint8Array> {
        const value = source.get(key);
        this.read.push([source, key, value]);
        return Promise.resolve(value ?? new Uint8Array());
    }

    private write(key: string, value: Uint8Array | undefined): Promise<void> {
        this.writes.set(key, value);
        return Promise.resolve();
    }

    private writeHidden(name: string, key: string, value: Uint8Array | undefined): Promise<void> {
        this.mustBeMember(name);
        const writes = this.hiddenWrites.get(name) ?? new Map<string, Uint8Array | undefined>();
        this.hiddenWrites.set(name, writes.set(key, value));
        return Promise.resolve();
    }

    private async *range(
        start: string,
        end: string,
        state: ReadonlyMap<string, Uint8Array> = this.ledger.state,
    ): AsyncGenerator<Iterators.KV> {
        for (const key of [...state.keys()].filter(each => each >= start && each < end).sort())
            yield await Promise.resolve({ namespace: '', key, value: state.get(key) ?? new Uint8Array() });
    }

    private mustBeMember(name: string): void {
        if (!membersOf(this.collection(name)).includes(this.mspId))
            throw new Error(`tx creator does not have access permission on privatedata in collectionName: ${name}`);
    }

    private collection(name: string): Collection {
        const found = this.collections.get(name);
        if (found === undefined) throw new Error(`collection [${name}] not defined in the collection config`);
        return found;
    }
}

function boundsOf(prefix: string): [string, string] {
    return [prefix, `${prefix}\u{10FFFF}`];
}

function identityOf(mspId: string, roles: string): ClientIdentity {
    return {
        getMSPID: () => mspId,
        getID: () => `x509::/CN=desk@${mspId}`,
        getAttributeValue: (name: string) => (name === 'poolproof.role' ? roles : null),
    } as unknown as ClientIdentity;
}

function put(target: Map<string, Uint8Array>, key: string, value: Uint8Array | undefined): void {
    if (value === undefined || value.length === 0) target.delete(key);
    else target.set(key, value);
}

function textOf(request: unknown): string {
    return typeof request === 'string' ? request : JSON.stringify(request);
}

function membersOf(collection: Collection): string[] {
    return mspsIn(collection.policy);
}

/** The institutions of a collection's endorsement policy; of alternatives, the first. */
function partiesOf(collection: Collection): string[] {
    const policy = collection.endorsementPolicy?.signaturePolicy ?? '';
    return policy.startsWith('AND') ? mspsIn(policy) : mspsIn(policy).slice(0, 1);
}

function mspsIn(policy: string): string[] {
    return [...policy.matchAll(/'(\w+)\.\w+'/g)].map(match => match[1] ?? '');
}
