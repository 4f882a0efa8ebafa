import { peer } from '@hyperledger/fabric-protos';
import type { Channel, Policy } from './channel';
import type { Definitions } from './definitions';
import { keyPolicyOf } from './key-policy';
import { writesTo } from './namespace-set';
import type { NamespaceSet } from './namespace-set';
import type { Transaction } from './transaction';
import { invalid, valid } from './verdict';
import type { Verdict } from './verdict';
import { chaincodeKey, hashedNamespace } from './world-state';
import type { WorldState } from './world-state';

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

    verdict(transaction: Transaction): Verdict {
        const unreadable = unreadablePart(transaction);
        if (unreadable !== undefined) return unreadable;
        const unfit = unfitAction(transaction);
        if (unfit !== undefined) return unfit;
        const { sets } = transaction;
        if (new Set(sets.map(set => set.namespace)).size < sets.length) {
            return invalid('ILLEGAL_WRITESET', 'a namespace occurs twice');
        }
        const written = sets.filter(writesTo).map(set => set.namespace);
        for (const namespace of new Set([transaction.action.chaincode, ...written])) {
            const verdict = this.judgeNamespace(transaction, namespace, sets);
            if (verdict !== valid) return verdict;
        }
        return valid;
    }

    private judgeNamespace(transaction: Transaction, namespace: string, sets: readonly NamespaceSet[]): Verdict {
        const policy = this.definitions.definition(this.state, namespace)?.endorsement;
        if (policy === undefined) return invalid('INVALID_CHAINCODE', `chaincode ${namespace} is not defined`);
        const set = sets.find(candidate => candidate.namespace === namespace);
        const judged = set === undefined ? new Map<Policy, string>() : this.policiesOf(set, namespace, policy);
        if (typeof judged === 'string') return invalid('ENDORSEMENT_POLICY_FAILURE', judged);
        // Whoever wrote nothing must still have been endorsed by the chaincode's policy.
        if (judged.size === 0) judged.set(policy, `chaincode ${namespace}`);
        for (const [required, of] of judged) {
            if (transaction.isEndorsedBy(required, this.channel)) continue;
            const signers = transaction.endorsers(this.channel).map(({ mspId }) => mspId);
            return invalid(
                'ENDORSEMENT_POLICY_FAILURE',
                `the policy of ${of} is not satisfied by ${signers.join(', ') || 'nobody'}`,
            );
        }
        if (set !== undefined) this.notePolicyChanges(set);
        return valid;
    }

    /** The policies that judge what was written, and whose they are; or why a key cannot be judged at all. */
    private policiesOf(set: NamespaceSet, namespace: string, chaincodePolicy: Policy): Map<Policy, string> | string {
        const policies = new Map<Policy, string>();
        const judge = (collection: string, place: string, key: string, otherwise: Policy): string | undefined => {
            if (this.policyChanges.size > 0 && this.policyChanges.has(nameOfKey(namespace, collection, key))) {
                return `an earlier transaction of the block changed the policy of ${inWords(namespace, collection, key)}`;
            }
            const own = this.keyPolicy(place, key);
            if (own !== undefined) policies.set(own, inWords(namespace, collection, key));
            else if (!policies.has(otherwise)) policies.set(otherwise, inWords(namespace, collection));
            return undefined;
        };
        for (const { key } of [...set.writes, ...set.metadataWrites]) {
            const problem = judge('', namespace, key, chaincodePolicy);
            if (problem !== undefined) return problem;
        }
        for (const { collection, writes, metadataWrites } of set.collections) {
            const policy = this.definitions.collection(this.state, namespace, collection)?.endorsement;
            const place = hashedNamespace(namespace, collection);
            for (const { key } of [...writes, ...metadataWrites]) {
                if (policy === undefined) return `chaincode ${namespace} has no collection ${collection}`;
                const problem = judge(collection, place, key, policy);
                if (problem !== undefined) return problem;
            }
        }
        return policies;
    }

    /** The key's own policy. One that cannot be read makes Fabric's peer stop validating the channel; here nobody satisfies it. */
    private keyPolicy(place: string, key: string): Policy | undefined {
        const own = keyPolicyOf(this.state.get(place, key)?.metadata);
        return own && this.channel.signaturePolicy(own);
    }

    private notePolicyChanges(set: NamespaceSet): void {
        for (const { key } of set.metadataWrites) this.policyChanges.add(nameOfKey(set.namespace, '', key));
        for (const { collection, metadataWrites } of set.collections) {
            for (const { key } of metadataWrites) this.policyChanges.add(nameOfKey(set.namespace, collection, key));
        }
    }
}

/** What a policy is of. Of a private key only the collection can be named. */
function inWords(namespace: string, collection: string, key?: string): string {
    if (collection === '')
        return key === undefined ? `chaincode ${namespace}` : `key ${chaincodeKey(key)} of ${namespace}`;
    return `${key === undefined ? '' : 'a key of '}collection ${collection} of ${namespace}`;
}

/** Decodes, in Fabric's order, all that the later checks look at. */
function unreadablePart(transaction: Transaction): Verdict | undefined {
    let stage: Parameters<typeof invalid>[0] = 'BAD_HEADER_EXTENSION';
    try {
        void transaction.addressee;
        stage = 'BAD_RESPONSE_PAYLOAD';
        void transaction.action;
        stage = 'BAD_RWSET';
        void transaction.sets;
        return undefined;
    } catch (error) {
        return invalid(stage, (error as Error).message);
    }
}

/** What is wrong with the action apart from its read and write sets. */
function unfitAction(transaction: Transaction): Verdict | undefined {
    const { chaincode, version, event } = transaction.action;
    const addressee = transaction.addressee;
    if (addressee === undefined) return invalid('INVALID_OTHER_REASON', 'the header names no chaincode');
    if (addressee === '' || addressee !== chaincode || version === '') {
        return invalid(
            'INVALID_CHAINCODE',
            `proposed to "${addressee}", executed by "${chaincode}" version "${version}"`,
        );
    }
    const teller = event.length > 0 ? eventChaincode(event) : chaincode;
    return teller === chaincode ? undefined : invalid('INVALID_OTHER_REASON', `its event is of "${teller}"`);
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
