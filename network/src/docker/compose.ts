import { authorityFolder, configurationPath } from './authorities';
import { chaincodeFolder, packageOf } from './chaincode-package';
import { images } from './images';
import { configurationFolder } from './configuration';
import type { Plan, PlannedAuthority, PlannedChaincode, PlannedOrderer, PlannedPeer, PlannedServer } from './plan';
import { certificatesFolder, inside } from './plan';

type Service = Readonly<Record<string, unknown>>;

/** Quiet enough to follow, and no line per endorsement: those cost throughput. */
const logging = 'INFO:gossip=WARNING:endorser=WARNING:comm.grpc.server=WARNING:policies=WARNING:core.comm=WARNING';

/** The compose file of a plan. `docker compose` and `docker-compose` both read it. */
export function composeFile(plan: Plan): unknown {
    const keeping = [...plan.orderers, ...plan.peers, ...plan.authorities];
    return {
        services: Object.fromEntries([
            ...plan.orderers.map(orderer => [orderer.name, ordererService(plan, orderer)] as const),
            ...plan.peers.map(peer => [peer.name, peerService(plan, peer)] as const),
            ...plan.chaincodes.map(chaincode => [chaincode.name, chaincodeService(plan, chaincode)] as const),
            ...plan.authorities.map(authority => [authority.name, authorityService(plan, authority)] as const),
            ['tools', toolsService(plan)] as const,
        ]),
        volumes: Object.fromEntries(keeping.map(({ name, container }) => [name, { name: container }])),
    };
}

function ordererService(plan: Plan, orderer: PlannedOrderer): Service {
    const { domain, mspId } = plan.consortium.orderers;
    return {
        ...nodeService(orderer, images.orderer, [
            [orderer.port, inside.orderer],
            [orderer.adminPort, inside.admin],
            [orderer.operationsPort, inside.operations],
        ]),
        environment: {
            FABRIC_CFG_PATH: '/configuration',
            FABRIC_LOGGING_SPEC: logging,
            ORDERER_GENERAL_LISTENADDRESS: '0.0.0.0',
            ORDERER_GENERAL_LISTENPORT: String(inside.orderer),
            ORDERER_GENERAL_LOCALMSPID: mspId,
            ORDERER_GENERAL_LOCALMSPDIR: '/certificates/msp',
            ORDERER_GENERAL_BOOTSTRAPMETHOD: 'none',
            ...ordererTls('ORDERER_GENERAL_TLS'),
            ORDERER_GENERAL_TLS_ENABLED: 'true',
            ORDERER_GENERAL_CLUSTER_CLIENTCERTIFICATE: '/certificates/tls/server.crt',
            ORDERER_GENERAL_CLUSTER_CLIENTPRIVATEKEY: '/certificates/tls/server.key',
            ORDERER_GENERAL_CLUSTER_ROOTCAS: '[/certificates/tls/ca.crt]',
            ORDERER_CHANNELPARTICIPATION_ENABLED: 'true',
            ...guardedListener('ORDERER_ADMIN', inside.admin),
            ...guardedListener('ORDERER_OPERATIONS', inside.operations),
            ORDERER_METRICS_PROVIDER: 'prometheus',
        },
        volumes: [
            bind(
                `${certificatesFolder(plan)}/ordererOrganizations/${domain}/orderers/${orderer.name}`,
                '/certificates',
            ),
            ...folders(plan, orderer),
        ],
    };
}

function peerService(plan: Plan, peer: PlannedPeer): Service {
    const { domain, mspId } = peer.institution;
    const address = `${peer.name}:${inside.peer}`;
    return {
        ...nodeService(peer, images.peer, [
            [peer.port, inside.peer],
            [peer.operationsPort, inside.operations],
        ]),
        environment: {
            FABRIC_CFG_PATH: '/configuration',
            FABRIC_LOGGING_SPEC: logging,
            CORE_PEER_ID: peer.name,
            CORE_PEER_ADDRESS: address,
            CORE_PEER_LISTENADDRESS: `0.0.0.0:${inside.peer}`,
            CORE_PEER_LOCALMSPID: mspId,
            CORE_PEER_MSPCONFIGPATH: '/certificates/msp',
            CORE_PEER_TLS_ENABLED: 'true',
            CORE_PEER_TLS_CERT_FILE: '/certificates/tls/server.crt',
            CORE_PEER_TLS_KEY_FILE: '/certificates/tls/server.key',
            CORE_PEER_TLS_ROOTCERT_FILE: '/certificates/tls/ca.crt',
            ...gossip(plan, peer, address),
            CORE_OPERATIONS_LISTENADDRESS: `0.0.0.0:${inside.operations}`,
            CORE_OPERATIONS_TLS_ENABLED: 'true',
            CORE_OPERATIONS_TLS_CERT_FILE: '/certificates/tls/server.crt',
            CORE_OPERATIONS_TLS_KEY_FILE: '/certificates/tls/server.key',
            CORE_OPERATIONS_TLS_CLIENTROOTCAS_FILES: '/certificates/tls/ca.crt',
            CORE_METRICS_PROVIDER: 'prometheus',
        },
        volumes: [
            bind(`${certificatesFolder(plan)}/peerOrganizations/${domain}/peers/${peer.name}`, '/certificates'),
            ...folders(plan, peer),
        ],
    };
}

/**
 * Every peer takes its blocks from the orderers itself, so that no other peer's absence holds it up, and meets the
 * other institutions through the channel's anchors. Private data that was missed is fetched within seconds; a commit
 * waits at most that long for data whose holders are away.
 */
function gossip(plan: Plan, peer: PlannedPeer, address: string): Readonly<Record<string, string>> {
    const siblings = plan.peers.filter(other => other.institution.id === peer.institution.id);
    return {
        CORE_PEER_GOSSIP_BOOTSTRAP: siblings.map(({ name }) => `${name}:${inside.peer}`).join(' '),
        CORE_PEER_GOSSIP_EXTERNALENDPOINT: address,
        CORE_PEER_GOSSIP_USELEADERELECTION: 'false',
        CORE_PEER_GOSSIP_ORGLEADER: 'true',
        CORE_PEER_GOSSIP_PVTDATA_PULLRETRYTHRESHOLD: '10s',
        // An envelope that arrives twice would hold up every member's peer for data that its first copy has used.
        CORE_PEER_GOSSIP_PVTDATA_SKIPPULLINGINVALIDTRANSACTIONSDURINGCOMMIT: 'true',
        CORE_PEER_GOSSIP_PVTDATA_RECONCILESLEEPINTERVAL: '5s',
        CORE_PEER_GOSSIP_RECONNECTINTERVAL: '5s',
        CORE_PEER_GOSSIP_PUBLISHSTATEINFOINTERVAL: '1s',
        CORE_PEER_GOSSIP_REQUESTSTATEINFOINTERVAL: '1s',
    };
}

function chaincodeService(plan: Plan, chaincode: PlannedChaincode): Service {
    return {
        image: plan.chaincodeImage,
        container_name: chaincode.container,
        init: true,
        restart: 'unless-stopped',
        // The service's key is readable by whoever made it, and by nobody else.
        ...(process.getuid === undefined ? {} : { user: `${process.getuid()}:${process.getgid!()}` }),
        environment: {
            CORE_PEER_LOCALMSPID: chaincode.institution.mspId,
            CORE_CHAINCODE_ID: packageOf(plan, chaincode).id,
            CORE_CHAINCODE_ADDRESS: `0.0.0.0:${inside.chaincode}`,
            CORE_CHAINCODE_TLS_CERT_FILE: '/certificates/server.crt',
            CORE_CHAINCODE_TLS_KEY_FILE: '/certificates/server.key',
            CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: '/certificates/ca.crt',
        },
        volumes: [bind(chaincodeFolder(plan, chaincode), '/certificates')],
        logging: rotated,
    };
}

/** The institution's certificate authority. It keeps whom it knows in a volume of its own. */
function authorityService(plan: Plan, authority: PlannedAuthority): Service {
    const { domain } = authority.institution;
    const home = '/etc/hyperledger/fabric-ca-server';
    return {
        ...nodeService(authority, images.authority, [[authority.port, inside.authority]]),
        command: ['fabric-ca-server', 'start'],
        environment: { FABRIC_CA_HOME: home },
        volumes: [
            { type: 'volume', source: authority.name, target: home },
            bind(configurationPath(plan, authority), `${home}/fabric-ca-server-config.yaml`),
            bind(authorityFolder(plan, authority), '/authority'),
            bind(`${certificatesFolder(plan)}/peerOrganizations/${domain}/ca`, '/root-certificate'),
        ],
    };
}

/** Fabric's own tools, kept running so that a command costs no container. */
function toolsService(plan: Plan): Service {
    return {
        image: images.tools,
        container_name: plan.toolsContainer,
        init: true,
        command: ['sleep', 'infinity'],
        working_dir: '/network',
        environment: { FABRIC_CFG_PATH: '/network/configuration' },
        volumes: [bind(plan.folder, '/network'), ...imageVolumes.map(empty)],
    };
}

function nodeService(node: PlannedServer, image: string, ports: readonly (readonly [number, number])[]): Service {
    return {
        image,
        container_name: node.container,
        restart: 'unless-stopped',
        ports: ports.map(([outer, inner]) => `127.0.0.1:${outer}:${inner}`),
        logging: rotated,
    };
}

/** The node's data, its configuration, and nothing at the other path the image declares a volume. */
function folders(plan: Plan, node: PlannedServer): readonly unknown[] {
    const [configuration, data] = imageVolumes;
    return [
        bind(configurationFolder(plan), '/configuration'),
        empty(configuration),
        { type: 'volume', source: node.name, target: data },
    ];
}

/** Volumes that Fabric's images declare. Left alone, each would leave a nameless volume behind. */
const imageVolumes = ['/etc/hyperledger/fabric', '/var/hyperledger'] as const;

function empty(target: string): unknown {
    return { type: 'tmpfs', target };
}

/** A listener that asks its clients for a certificate of the orderers' TLS authority. */
function guardedListener(prefix: string, port: number): Readonly<Record<string, string>> {
    return {
        [`${prefix}_LISTENADDRESS`]: `0.0.0.0:${port}`,
        [`${prefix}_TLS_ENABLED`]: 'true',
        ...ordererTls(`${prefix}_TLS`),
        [`${prefix}_TLS_CLIENTROOTCAS`]: '[/certificates/tls/ca.crt]',
    };
}

function ordererTls(prefix: string): Readonly<Record<string, string>> {
    return {
        [`${prefix}_CERTIFICATE`]: '/certificates/tls/server.crt',
        [`${prefix}_PRIVATEKEY`]: '/certificates/tls/server.key',
        [`${prefix}_ROOTCAS`]: '[/certificates/tls/ca.crt]',
    };
}

const rotated = { driver: 'json-file', options: { 'max-size': '20m', 'max-file': '3' } };

function bind(source: string, target: string): unknown {
    return { type: 'bind', source, target, read_only: true };
}
