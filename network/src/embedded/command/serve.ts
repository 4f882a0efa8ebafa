import { createWriteStream, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { collectionsOf, readCollections } from '../../collections';
import type { Consortium } from '../../consortium';
import { readConsortium } from '../../consortium';
import { openEmbeddedNetwork, packageFolder } from '../open';
import type { EmbeddedNetwork } from '../open';
import type { Cutting } from '../orderer/ordering-service';
import { listenForRequests } from './control-socket';

/** The command's options as given. */
export interface ServeOptions {
    readonly folder: string;
    readonly consortium?: string | undefined;
    readonly chaincode?: string | undefined;
    readonly collections?: string | undefined;
    readonly port: string;
    readonly cutting: string;
    readonly watch: boolean;
    readonly foreground: boolean;
}

/** The consortium file that ships with the package. */
export const exampleConsortium = join(__dirname, '..', '..', '..', 'consortium.json');

/** Open the network and answer the command until it is told to go down; resolves when it is open. */
export async function serve(options: ServeOptions): Promise<void> {
    const { folder } = options;
    const consortium = readConsortium(options.consortium ?? exampleConsortium);
    mkdirSync(folder, { recursive: true });
    const log = createWriteStream(join(folder, 'chaincode.log'), { flags: 'a' });
    const network = await openEmbeddedNetwork(consortium, {
        folder,
        firstPort: portOf(options.port),
        cutting: cuttingOf(options.cutting),
        watch: options.watch,
        ...chaincodesOf(options, consortium),
        onLog: ({ at, mspId, chaincode, level, txId, text }) =>
            void log.write(`${at.toISOString()} ${mspId} ${chaincode} ${level} ${txId.slice(0, 8)} ${text}\n`),
    });
    const server = await listenForRequests(folder, async (method, args) => {
        if (method !== 'down') return answer(network, method, args);
        server.close();
        await network.close();
        log.end();
        return undefined;
    });
    const stop = (): void => {
        server.close();
        void network.close();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
}

function chaincodesOf({ chaincode, collections }: ServeOptions, consortium: Consortium) {
    if (chaincode === undefined) return {};
    return {
        chaincodes: [
            {
                ...consortium.chaincode,
                folder: packageFolder(chaincode),
                collections:
                    collections === undefined ? collectionsOf(consortium) : readCollections(resolve(collections)),
            },
        ],
    };
}

function answer({ laboratory }: EmbeddedNetwork, method: string, args: readonly unknown[]): Promise<unknown> {
    const name = String(args[0]);
    switch (method) {
        case 'status':
            return laboratory.status();
        case 'trace':
            return laboratory.trace(name);
        case 'snapshot':
            return laboratory.snapshot(name);
        case 'revert':
            return laboratory.revert(name);
        case 'snapshots':
            return laboratory.snapshots();
        case 'dump':
            return laboratory.dump(name);
        case 'load':
            return laboratory.load(name);
        case 'cutBlock':
            return laboratory.cutBlock();
        case 'reload':
            return laboratory.reload(name);
        default:
            return Promise.reject(new Error(`unknown request "${method}"`));
    }
}

function portOf(text: string): number {
    const port = Number(text);
    if (Number.isInteger(port) && port > 0 && port < 65_000) return port;
    throw new Error(`--port ${text}: not a port`);
}

function cuttingOf(text: string): Cutting {
    if (text === 'instant' || text === 'interval' || text === 'manual') return text;
    throw new Error(`--cutting ${text}: must be instant, interval or manual`);
}
