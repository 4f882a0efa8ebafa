import { keyPolicyOf } from './key-policy';
import type { Metadata } from './world-state';

/** What a simulation touched in one namespace, as far as it decides who must endorse (Fabric's ChaincodeInterest). */
export interface NamespaceTouched {
    readonly namespace: string;
    /** The chaincode's own policy must be satisfied: a key without a key-level policy was written, or nothing was. */
    readonly policyRequired: boolean;
    /** Key-level policies of written keys, public and private: common.SignaturePolicyEnvelope bytes. */
    readonly keyPolicies: readonly Uint8Array[];
    /** Collections whose policy must be satisfied, and whether private values were read from them. */
    readonly collections: readonly { readonly name: string; readonly privateReads: boolean }[];
}

/** Collects what a simulation touched, by the rules of the peer's endorser (core/endorser, buildChaincodeInterest). */
export class TouchedKeys {
    private readonly namespaces = new Set<string>();
    private readonly writes = new Map<string, Map<string, Map<string, Metadata | undefined>>>();
    private readonly privateReads = new Map<string, Set<string>>();

    /** Something of the namespace is in the read set. */
    read(namespace: string): void {
        this.namespaces.add(namespace);
    }

    readPrivate(namespace: string, collection: string): void {
        this.read(namespace);
        within(this.privateReads, namespace, () => new Set<string>()).add(collection);
    }

    /** A key was written; the collection is empty for public keys, the metadata is the committed one. */
    wrote(namespace: string, collection: string, key: string, metadata: Metadata | undefined): void {
        this.read(namespace);
        const collections = within(this.writes, namespace, () => new Map<string, Map<string, Metadata | undefined>>());
        within(collections, collection, () => new Map<string, Metadata | undefined>()).set(key, metadata);
    }

    summary(): readonly NamespaceTouched[] {
        return [...this.namespaces].filter(name => !systemNamespaces.includes(name)).map(name => this.summaryOf(name));
    }

    private summaryOf(namespace: string): NamespaceTouched {
        const writes = this.writes.get(namespace);
        const reads = this.privateReads.get(namespace) ?? new Set<string>();
        const required = new Set(reads);
        const keyPolicies: Uint8Array[] = [];
        for (const [collection, keys] of writes ?? []) {
            for (const metadata of keys.values()) {
                const policy = keyPolicyOf(metadata);
                if (policy === undefined) required.add(collection);
                else keyPolicies.push(policy);
            }
        }
        const policyRequired = writes === undefined || required.delete('');
        const collections = [...required].map(name => ({ name, privateReads: reads.has(name) }));
        return { namespace, policyRequired, keyPolicies, collections };
    }
}

const systemNamespaces = ['_lifecycle', 'cscc', 'lscc', 'qscc'];

function within<V>(map: Map<string, V>, key: string, make: () => V): V {
    let value = map.get(key);
    if (value === undefined) map.set(key, (value = make()));
    return value;
}
