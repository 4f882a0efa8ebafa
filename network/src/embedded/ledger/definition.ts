import { peer } from '@hyperledger/fabric-protos';
import type { Collection } from '../../consortium';
import type { Channel, Policy } from './channel';
import { parseSignaturePolicy, signedBy } from './signature-policy';
import type { SignaturePolicy } from './signature-policy';

const { lifecycle } = peer;

/** Namespace in which chaincodes are defined. */
export const LIFECYCLE = '_lifecycle';

const IMPLICIT_PREFIX = '_implicit_org_';

/** A chaincode as the committed state defines it. */
export interface ChaincodeDefinition {
    readonly name: string;
    readonly version: string;
    readonly sequence: number;
    readonly initRequired: boolean;
    readonly endorsement: Policy;
    /** Those of its own; implicit ones are found by `collectionOf`. */
    readonly collections: ReadonlyMap<string, CollectionDefinition>;
    /** The configuration as committed: for queries of `_lifecycle`, and for telling whether a later one differs. */
    readonly stored: StoredDefinition;
}

export interface StoredDefinition {
    readonly endorsementInfo: peer.lifecycle.ChaincodeEndorsementInfo;
    readonly validationInfo: peer.lifecycle.ChaincodeValidationInfo;
    readonly collections: peer.CollectionConfigPackage;
}

/** A collection as a peer knows it, explicit or implicit (`_implicit_org_<MSP>`). */
export interface CollectionDefinition {
    readonly name: string;
    /** Satisfied by an identity that is a member. */
    readonly members: SignaturePolicy;
    readonly memberMspIds: readonly string[];
    readonly requiredPeerCount: number;
    readonly maxPeerCount: number;
    /** 0 keeps the data for ever. */
    readonly blockToLive: number;
    readonly memberOnlyRead: boolean;
    readonly memberOnlyWrite: boolean;
    /** Judges its writes; the chaincode's own policy where the collection has none. */
    readonly endorsement: Policy;
}

/** What a consortium agrees to define. */
export interface DefinitionTerms {
    readonly name: string;
    readonly version: string;
    readonly sequence: number;
    readonly initRequired?: boolean;
    /** A signature policy, or the path of a channel policy such as `/Channel/Application/Endorsement`. */
    readonly endorsement: string;
    readonly collections: readonly Collection[];
}

/** Reads one key of the `_lifecycle` namespace. */
export type LifecycleReader = (key: string) => Uint8Array | undefined;

/** The part of a simulator that a definition is written through. */
export interface LifecycleState {
    getState(namespace: string, key: string): Uint8Array | undefined;
    putState(namespace: string, key: string, value: Uint8Array): void;
}

const FIELDS = ['Sequence', 'EndorsementInfo', 'ValidationInfo', 'Collections'] as const;

/** Key whose read Fabric records whenever the chaincode is called. */
export function sequenceKey(chaincode: string): string {
    return fieldKey(chaincode, 'Sequence');
}

/** All keys of a chaincode's definition, its metadata first: what an access to a collection reads. */
export function definitionKeys(chaincode: string): readonly [string, ...string[]] {
    return [metadataKey(chaincode), ...FIELDS.map(field => fieldKey(chaincode, field))];
}

/** Read a chaincode's definition, asking for the same keys in the same order as Fabric's lifecycle serializer. */
export function readDefinition(
    channel: Channel,
    chaincode: string,
    read: LifecycleReader,
): ChaincodeDefinition | undefined {
    if (chaincode === LIFECYCLE) return lifecycleDefinition(channel);
    if (read(metadataKey(chaincode)) === undefined) return undefined;
    const field = (name: (typeof FIELDS)[number]): peer.lifecycle.StateData =>
        lifecycle.StateData.deserializeBinary(read(fieldKey(chaincode, name)) ?? new Uint8Array());
    const sequence = field('Sequence').getInt64();
    const stored = {
        endorsementInfo: lifecycle.ChaincodeEndorsementInfo.deserializeBinary(field('EndorsementInfo').getBytes_asU8()),
        validationInfo: lifecycle.ChaincodeValidationInfo.deserializeBinary(field('ValidationInfo').getBytes_asU8()),
        collections: peer.CollectionConfigPackage.deserializeBinary(field('Collections').getBytes_asU8()),
    };
    const endorsement = channel.applicationPolicy(stored.validationInfo.getValidationParameter_asU8());
    const collections = stored.collections
        .getConfigList()
        .map(config => config.getStaticCollectionConfig())
        .filter(config => config !== undefined)
        .map(config => readCollection(channel, config, endorsement));
    return {
        name: chaincode,
        version: stored.endorsementInfo.getVersion(),
        sequence,
        initRequired: stored.endorsementInfo.getInitRequired(),
        endorsement,
        collections: new Map(collections.map(collection => [collection.name, collection])),
        stored,
    };
}

/** The lifecycle itself is not defined anywhere; approvals are kept in its implicit collections. */
function lifecycleDefinition(channel: Channel): ChaincodeDefinition {
    return {
        name: LIFECYCLE,
        version: '',
        sequence: 0,
        initRequired: false,
        endorsement: channel.policy('/Channel/Application/LifecycleEndorsement'),
        collections: new Map(),
        stored: {
            endorsementInfo: new lifecycle.ChaincodeEndorsementInfo(),
            validationInfo: new lifecycle.ChaincodeValidationInfo(),
            collections: new peer.CollectionConfigPackage(),
        },
    };
}

/** The collection of a definition: one of its own, or the implicit one of an organisation of the channel. */
export function collectionOf(
    channel: Channel,
    definition: ChaincodeDefinition,
    name: string,
): CollectionDefinition | undefined {
    if (!name.startsWith(IMPLICIT_PREFIX)) return definition.collections.get(name);
    const mspId = name.slice(IMPLICIT_PREFIX.length);
    return channel.config.institutions.some(institution => institution.mspId === mspId)
        ? implicitCollection(channel, mspId)
        : undefined;
}

/** The collection that every organisation has in every chaincode without defining it. */
function implicitCollection(channel: Channel, mspId: string): CollectionDefinition {
    const members = channel.signaturePolicy(signedBy([{ mspId, role: 'member' }]).serializeBinary());
    return {
        name: IMPLICIT_PREFIX + mspId,
        members,
        memberMspIds: [mspId],
        requiredPeerCount: 0,
        maxPeerCount: 1,
        blockToLive: 0,
        memberOnlyRead: false,
        memberOnlyWrite: false,
        endorsement: channel.organisationPolicy(mspId, 'Endorsement'),
    };
}

/** Whether the name is of an implicit collection, and whose. */
export function implicitOwner(collection: string): string | undefined {
    return collection.startsWith(IMPLICIT_PREFIX) ? collection.slice(IMPLICIT_PREFIX.length) : undefined;
}

/** Write a definition as committing it through `_lifecycle` does: the fields that changed, and the metadata when new. */
export function writeDefinition(state: LifecycleState, terms: DefinitionTerms): void {
    const { name } = terms;
    const existing = state.getState(LIFECYCLE, metadataKey(name));
    const before = new Map(
        existing === undefined ? [] : FIELDS.map(field => [field, state.getState(LIFECYCLE, fieldKey(name, field))]),
    );
    for (const [field, value] of Object.entries(encodeFields(terms))) {
        const old = before.get(field as (typeof FIELDS)[number]);
        if (old !== undefined && Buffer.compare(old, value) === 0) continue;
        state.putState(LIFECYCLE, fieldKey(name, field), value);
    }
    if (existing !== undefined) return;
    const metadata = new lifecycle.StateMetadata();
    metadata.setDatatype('ChaincodeDefinition');
    metadata.setFieldsList([...FIELDS]);
    state.putState(LIFECYCLE, metadataKey(name), metadata.serializeBinary());
}

function metadataKey(chaincode: string): string {
    return `namespaces/metadata/${chaincode}`;
}

function fieldKey(chaincode: string, field: string): string {
    return `namespaces/fields/${chaincode}/${field}`;
}

function readCollection(
    channel: Channel,
    config: peer.StaticCollectionConfig,
    chaincodePolicy: Policy,
): CollectionDefinition {
    const policy = config.getMemberOrgsPolicy()?.getSignaturePolicy()?.serializeBinary() ?? new Uint8Array();
    const members = channel.signaturePolicy(policy);
    const own = config.getEndorsementPolicy();
    return {
        name: config.getName(),
        members,
        memberMspIds: members.mspIds(),
        requiredPeerCount: config.getRequiredPeerCount(),
        maxPeerCount: config.getMaximumPeerCount(),
        blockToLive: config.getBlockToLive(),
        memberOnlyRead: config.getMemberOnlyRead(),
        memberOnlyWrite: config.getMemberOnlyWrite(),
        endorsement: own === undefined ? chaincodePolicy : channel.applicationPolicy(own.serializeBinary()),
    };
}

function encodeFields(terms: DefinitionTerms): Readonly<Record<(typeof FIELDS)[number], Uint8Array>> {
    const endorsement = new lifecycle.ChaincodeEndorsementInfo();
    endorsement.setVersion(terms.version);
    endorsement.setInitRequired(terms.initRequired ?? false);
    endorsement.setEndorsementPlugin('escc');
    const validation = new lifecycle.ChaincodeValidationInfo();
    validation.setValidationPlugin('vscc');
    validation.setValidationParameter(applicationPolicyMessage(terms.endorsement).serializeBinary());
    const sequence = new lifecycle.StateData();
    sequence.setInt64(terms.sequence);
    return {
        Sequence: sequence.serializeBinary(),
        EndorsementInfo: bytesData(endorsement.serializeBinary()),
        ValidationInfo: bytesData(validation.serializeBinary()),
        Collections: bytesData(collectionsMessage(terms.collections).serializeBinary()),
    };
}

function bytesData(bytes: Uint8Array): Uint8Array {
    const data = new lifecycle.StateData();
    data.setBytes(bytes);
    return data.serializeBinary();
}

/** The message of a policy given as text or as a path. */
function applicationPolicyMessage(policy: string): peer.ApplicationPolicy {
    const message = new peer.ApplicationPolicy();
    if (policy.startsWith('/')) message.setChannelConfigPolicyReference(policy);
    else message.setSignaturePolicy(parseSignaturePolicy(policy));
    return message;
}

/** The collections as the peer command encodes a collections file. */
function collectionsMessage(collections: readonly Collection[]): peer.CollectionConfigPackage {
    const message = new peer.CollectionConfigPackage();
    message.setConfigList(
        collections.map(collection => {
            const config = new peer.CollectionConfig();
            config.setStaticCollectionConfig(collectionMessage(collection));
            return config;
        }),
    );
    return message;
}

function collectionMessage(collection: Collection): peer.StaticCollectionConfig {
    const members = new peer.CollectionPolicyConfig();
    members.setSignaturePolicy(parseSignaturePolicy(collection.policy));
    const config = new peer.StaticCollectionConfig();
    config.setName(collection.name);
    config.setMemberOrgsPolicy(members);
    config.setRequiredPeerCount(collection.requiredPeerCount);
    config.setMaximumPeerCount(collection.maxPeerCount);
    config.setBlockToLive(collection.blockToLive);
    config.setMemberOnlyRead(collection.memberOnlyRead);
    config.setMemberOnlyWrite(collection.memberOnlyWrite);
    const policy = collection.endorsementPolicy?.signaturePolicy;
    if (policy !== undefined) config.setEndorsementPolicy(applicationPolicyMessage(policy));
    return config;
}
