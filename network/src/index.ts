export type { Collection, Consortium, Institution, Role } from './consortium';
export type { Identity, Network, PeerEndpoint } from './network';
