/** Fabric's version; `POOLPROOF_FABRIC=3.1.5` tries another. */
const fabric = process.env['POOLPROOF_FABRIC'] ?? '2.5.16';

/** Every image the docker network starts from, by its official name. The only place where a version stands. */
export const images = {
    peer: `hyperledger/fabric-peer:${fabric}`,
    orderer: `hyperledger/fabric-orderer:${fabric}`,
    /** The last line with an image of the tools; they speak with Fabric 3 as well. */
    tools: 'hyperledger/fabric-tools:2.5.16',
    /** Started only where authorities are asked for. */
    authority: 'hyperledger/fabric-ca:1.5.21',
    /** What the chaincode's image is built on. */
    node: 'node:20-bookworm-slim',
} as const;
