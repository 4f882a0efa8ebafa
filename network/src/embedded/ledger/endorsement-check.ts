import { peer } from '@hyperledger/fabric-protos';
import type { Channel, Policy } from './channel';
import { LIFECYCLE } from './definition';
import type { Definitions } from './definitions';
import { keyPolicyOf } from './key-policy';
import { writesTo } from './namespace-set';
import type { NamespaceSet } from './namespace-set';
import type { Transaction, ValidationCode } from './transaction';
import { hashedNamespace } from './world-state';
import type { WorldState } from './world-state';

const { TxValidationCode: Code } = peer;

/**
 * Judges the endorsements of a block's transactions, one after another, against the state before the block: the invoked chaincode
 * and every namespace written, key by key (Fabric's plugin dispatcher and its version 2.0 key-level validator).
 */
export class EndorsementCheck {
    /** Keys whose policy a transaction of this block changes, once its namespace was found well endorsed. */
    private readonly policyChanges = new Set<string>();

    constructor(
        private readonly channel: Channel,
        private readonly definitions: Definitions,
        private readonly state: WorldState,
    ) {}

    verdict(transaction: Transaction): ValidationCode {
        const unreadable = unreadablePart(transaction);
        if (unreadable !== undefined) return unreadable;
        const unfit = unfitAction(transaction);
        if (unfit !== undefined) return unfit;
        const { sets } = transaction;
        if (new Set(sets.map(set => set.namespace)).size < sets.length) return Code.ILLEGAL_WRITESET;
        const written = sets.filter(writesTo).map(set => set.namespace);
        for (const namespace of new Set([transaction.action.chaincode, ...written])) {
            const code = this.judgeNamespace(transaction, namespace, sets);
            if (code !== Code.VALID) return code;
        }
        return Code.VALID;
    }

    private judgeNamespace(transaction: Transaction, namespace: string, sets: readonly NamespaceSet[]): ValidationCode {
        const policy = this.policyOf(namespace);
        if (policy === undefined) return Code.INVALID_CHAINCODE;
        const set = sets.find(candidate => candidate.namespace === namespace);
        if (!this.isWellEndorsed(transaction, namespace, policy, set)) return Code.ENDORSEMENT_POLICY_FAILURE;
        if (set !== undefined) this.notePolicyChanges(set);
        return Code.VALID;
    }

    private isWellEndorsed(
        transaction: Transaction,
        namespace: string,
        chaincodePolicy: Policy,
        set: NamespaceSet | undefined,
    ): boolean {
        const policies = set === undefined ? new Set<Policy>() : this.policiesOf(set, namespace, chaincodePolicy);
        if (policies === undefined) return false;
        // Whoever wrote nothing must still have been endorsed by the chaincode's policy.
        if (policies.size === 0) policies.add(chaincodePolicy);
        return [...policies].every(policy => transaction.isEndorsedBy(policy, this.channel));
    }

    /** The policies that judge what was written; undefined if a key cannot be judged at all. */
    private policiesOf(set: NamespaceSet, namespace: string, chaincodePolicy: Policy): Set<Policy> | undefined {
        const policies = new Set<Policy>();
        for (const { key } of [...set.writes, ...set.metadataWrites]) {
            const policy = this.keyPolicy(namespace, '', key, chaincodePolicy);
            if (policy === undefined) return undefined;
            policies.add(policy);
        }
        for (const { collection, writes, metadataWrites } of set.collections) {
            const collectionPolicy = this.definitions.collection(this.state, namespace, collection)?.endorsement;
            for (const { key } of [...writes, ...metadataWrites]) {
                const policy = collectionPolicy && this.keyPolicy(namespace, collection, key, collectionPolicy);
                if (policy === undefined) return undefined;
                policies.add(policy);
            }
        }
        return policies;
    }

    /** The key's own policy or the one given; undefined if an earlier transaction of the block changed the key's policy. */
    private keyPolicy(namespace: string, collection: string, key: string, otherwise: Policy): Policy | undefined {
        if (this.policyChanges.has(nameOfKey(namespace, collection, key))) return undefined;
        const place = collection === '' ? namespace : hashedNamespace(namespace, collection);
        const own = keyPolicyOf(this.state.get(place, key)?.metadata);
        // A policy that cannot be read makes Fabric's peer stop validating the channel; here it is satisfied by nobody.
        return own === undefined ? otherwise : this.channel.signaturePolicy(own);
    }

    private notePolicyChanges(set: NamespaceSet): void {
        for (const { key } of set.metadataWrites) this.policyChanges.add(nameOfKey(set.namespace, '', key));
        for (const { collection, metadataWrites } of set.collections) {
            for (const { key } of metadataWrites) this.policyChanges.add(nameOfKey(set.namespace, collection, key));
        }
    }

    private policyOf(namespace: string): Policy | undefined {
        return namespace === LIFECYCLE
            ? this.channel.policy('/Channel/Application/LifecycleEndorsement')
            : this.definitions.definition(this.state, namespace)?.endorsement;
    }
}

/** Decodes, in Fabric's order, all that the later checks look at. */
function unreadablePart(transaction: Transaction): ValidationCode | undefined {
    let stage: ValidationCode = Code.BAD_HEADER_EXTENSION;
    try {
        void transaction.addressee;
        stage = Code.BAD_RESPONSE_PAYLOAD;
        void transaction.action;
        stage = Code.BAD_RWSET;
        void transaction.sets;
        return undefined;
    } catch {
        return stage;
    }
}

/** What is wrong with the action apart from its read and write sets. */
function unfitAction(transaction: Transaction): ValidationCode | undefined {
    const { chaincode, version, event } = transaction.action;
    const addressee = transaction.addressee;
    if (addressee === undefined) return Code.INVALID_OTHER_REASON;
    if (addressee === '' || addressee !== chaincode || version === '') return Code.INVALID_CHAINCODE;
    return event.length > 0 && eventChaincode(event) !== chaincode ? Code.INVALID_OTHER_REASON : undefined;
}

function eventChaincode(event: Uint8Array): string | undefined {
    try {
        return peer.ChaincodeEvent.deserializeBinary(event).getChaincodeId();
    } catch {
        return undefined;
    }
}

function nameOfKey(namespace: string, collection: string, key: string): string {
    return `${namespace}\0${collection}\0${key}`;
}
