export { OrderedBlock } from './block';
export { Channel } from './channel';
export type { ChannelConfig, Policy, SignedData } from './channel';
export type { WantedSet } from './commit';
export { CommittedBlock } from './committed-block';
export type { CommittedTransaction } from './committed-block';
export {
    applicationPolicyMessage,
    collectionOf,
    collectionsMessage,
    implicitOwner,
    LIFECYCLE,
    readDefinition,
    writeDefinition,
} from './definition';
export type { ChaincodeDefinition, CollectionDefinition, DefinitionTerms } from './definition';
export { disseminate, DisseminationError } from './dissemination';
export { readDump, writeDump } from './dump';
export { genesisBlock } from './genesis';
export { LevelFolder } from './level-store';
export { MspError, MspRegistry } from './msp';
export type { ChannelIdentity, MspConfig, MspRole } from './msp';
export { LedgerError, openPeerLedger, PeerLedger } from './peer-ledger';
export type { KeyModification, LedgerSnapshot, PeerLedgerOptions } from './peer-ledger';
export { parseSignaturePolicy, PolicyError, SignaturePolicy, signedBy } from './signature-policy';
export type { Layout, Principal } from './signature-policy';
export { SimulationError, Simulator } from './simulator';
export type { KeyValue, PagedIterator, SimulationResults, StateIterator } from './simulator';
export type { LedgerStore } from './store';
export type { NamespaceTouched } from './touched-keys';
export type { ValidationCode } from './transaction';
export type { Metadata, Version } from './world-state';
