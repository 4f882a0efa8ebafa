import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { issueCertificates } from '../certificates';
import type { Certificates, Organization } from '../certificates';
import { collectionsOf } from '../collections';
import type { Consortium } from '../consortium';
import { institutionOf } from '../consortium';
import { DocumentError } from '../document';
import type { Identity, Network, PeerEndpoint } from '../network';
import type { ChaincodeLog } from './chaincode/launcher';
import { Caller } from './control';
import { executeTimeoutOf } from './execute-timeout';
import type { FabricOrganization } from './fabric';
import { NetworkFolder } from './folder';
import { Laboratory } from './laboratory';
import type { EmbeddedChaincode, EmbeddedOptions } from './options';
import type { ThreadTask } from './thread';

/** Open a network of the consortium in this process. Nothing of it is left behind once it is closed. */
export async function openEmbeddedNetwork(
    consortium: Consortium,
    options: EmbeddedOptions = {},
): Promise<EmbeddedNetwork> {
    const folder = options.folder === undefined ? undefined : new NetworkFolder(resolve(options.folder));
    const thread = new FabricThread(taskOf(consortium, options, folder), options);
    try {
        const certificates = await (folder?.certificates(consortium) ?? issueCertificates(consortium));
        const endpoints = await thread.caller.call<readonly Endpoint[]>(
            'open',
            certificates.institutions.map(plain),
            plain(certificates.orderers),
        );
        folder?.writePorts(Object.fromEntries(endpoints.map(({ name, port }) => [name, port])));
        return new EmbeddedNetwork(consortium, certificates, endpoints, thread);
    } catch (error) {
        await thread.end();
        throw error;
    }
}

interface Endpoint {
    readonly name: string;
    readonly mspId: string;
    readonly port: number;
}

/** A consortium's network within this process: Fabric's protocols, none of its binaries. */
export class EmbeddedNetwork implements Network {
    readonly kind = 'embedded';
    /** What can be done to a network that is made for tests only. */
    readonly laboratory: Laboratory;
    private closing: Promise<void> | undefined;

    constructor(
        readonly consortium: Consortium,
        private readonly certificates: Certificates,
        private readonly endpoints: readonly Endpoint[],
        private readonly thread: FabricThread,
    ) {
        this.laboratory = new Laboratory(thread.caller);
    }

    peers(institutionId?: string): readonly PeerEndpoint[] {
        const mspId = institutionId === undefined ? undefined : institutionOf(this.consortium, institutionId).mspId;
        return this.endpoints
            .filter(endpoint => mspId === undefined || endpoint.mspId === mspId)
            .map(({ name, mspId: owner, port }) => ({
                name,
                mspId: owner,
                address: `127.0.0.1:${port}`,
                tlsRootPem: this.organization(owner).tlsAuthority.certificatePem,
                tlsHostName: name,
            }));
    }

    async identity(
        institutionId: string,
        name: string,
        attributes: Readonly<Record<string, string>> = {},
    ): Promise<Identity> {
        const { mspId } = institutionOf(this.consortium, institutionId);
        const pair = await this.organization(mspId).authority.issueIdentity(name, 'client', attributes);
        return { mspId, name, ...pair };
    }

    /** End the network: its connections, threads and files. May be called again. */
    close(): Promise<void> {
        this.closing ??= this.thread.caller.call<void>('close').finally(() => this.thread.end());
        return this.closing;
    }

    private organization(mspId: string): Organization {
        return this.certificates.institutions.find(institution => institution.mspId === mspId)!;
    }
}

/** The network's own thread, seen from the client's. */
class FabricThread {
    readonly caller: Caller;
    private readonly worker: Worker;

    constructor(task: ThreadTask, options: EmbeddedOptions) {
        this.worker = new Worker(join(__dirname, 'thread.js'), { workerData: task });
        this.caller = new Caller(this.worker, (name, value) => {
            if (name === 'log') options.onLog?.(value as ChaincodeLog);
        });
        this.worker.on('error', error => this.caller.fail(error));
        this.worker.on('exit', () => this.caller.fail(new Error('the embedded network has ended')));
    }

    async end(): Promise<void> {
        await this.worker.terminate();
    }
}

function taskOf(consortium: Consortium, options: EmbeddedOptions, folder: NetworkFolder | undefined): ThreadTask {
    const chaincodes = options.chaincodes ?? [defaultChaincode(consortium)];
    return {
        consortium,
        chaincodes: chaincodes.map(chaincode => ({
            name: chaincode.name,
            version: chaincode.version,
            initRequired: chaincode.initRequired ?? false,
            endorsement: endorsementOf(chaincode.endorsement ?? 'majority', consortium),
            collections: chaincode.collections ?? [],
            folder: packageFolder(chaincode.folder),
            altered: Object.fromEntries(
                Object.entries(chaincode.altered ?? {}).map(([id, folder]) => [
                    institutionOf(consortium, id).mspId,
                    packageFolder(folder),
                ]),
            ),
            environment: chaincode.environment ?? {},
        })),
        ...(folder === undefined ? {} : { ledgerFolder: folder.ledgers, snapshotFolder: folder.snapshots }),
        ports: {
            ...(options.firstPort === undefined ? folder?.readPorts() : portsFrom(options.firstPort, consortium)),
            ...options.ports,
        },
        portsAreFixed: options.firstPort !== undefined || options.ports !== undefined,
        cutting: options.cutting ?? 'instant',
        watch: options.watch ?? false,
        executeTimeout: executeTimeoutOf(options.executeTimeout),
    };
}

function portsFrom(firstPort: number, { institutions, orderers }: Consortium): Readonly<Record<string, number>> {
    const peers = institutions.flatMap(({ domain, peers: count }) =>
        Array.from({ length: count }, (_, index) => `peer${index}.${domain}`),
    );
    const names = [
        ...peers,
        ...Array.from({ length: orderers.count }, (_, index) => `orderer${index}.${orderers.domain}`),
    ];
    return Object.fromEntries(names.map((name, index) => [name, firstPort + index]));
}

function defaultChaincode(consortium: Consortium): EmbeddedChaincode {
    return {
        ...consortium.chaincode,
        folder: dirname(require.resolve('@poolproof/chaincode/package.json')),
        collections: collectionsOf(consortium),
    };
}

function endorsementOf(text: string, consortium: Consortium): string {
    if (text === 'majority') return '/Channel/Application/Endorsement';
    if (text !== 'any') return text;
    return `OR(${consortium.institutions.map(({ mspId }) => `'${mspId}.peer'`).join(',')})`;
}

/** Absolute folder of a chaincode package. Throws unless a package.json is in it. */
export function packageFolder(folder: string): string {
    const absolute = resolve(folder);
    if (existsSync(join(absolute, 'package.json'))) return absolute;
    throw new DocumentError(absolute, 'no chaincode package: there is no package.json in this folder');
}

/** What crosses to the network's thread: authorities stay here. */
function plain({ mspId, authority, tlsAuthority, admin, nodes }: Organization): FabricOrganization {
    return { mspId, rootPem: authority.certificatePem, tlsRootPem: tlsAuthority.certificatePem, admin, nodes };
}
