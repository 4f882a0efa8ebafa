/** Every image the docker network starts from, by its official name. The only place where a version stands. */
export const images = {
    peer: 'hyperledger/fabric-peer:2.5.16',
    orderer: 'hyperledger/fabric-orderer:2.5.16',
    tools: 'hyperledger/fabric-tools:2.5.16',
    /** What the chaincode's image is built on. */
    node: 'node:20-bookworm-slim',
} as const;
