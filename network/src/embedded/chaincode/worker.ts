import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { PortStream } from './port-stream';
import type { Wire } from './port-stream';

/*
 * The thread in which one institution's chaincode runs, served by the package's own unmodified fabric-shim.
 * Everything of the shim is resolved from the chaincode's folder; nothing of it is loaded in any other thread,
 * because the shim changes process-wide settings and ends its process on messages it does not know.
 * The shim's server does not listen: each of its streams comes from the thread of the peers over a port. The
 * messages are the same, and a trade takes an eighth less time than over gRPC.
 */

/** What the launcher tells this thread. */
export interface WorkerTask {
    readonly folder: string;
    readonly packageId: string;
}

/** What this thread tells the launcher. */
export type WorkerMessage =
    | { readonly kind: 'ready' }
    | {
          readonly kind: 'log';
          readonly level: LogLevel;
          readonly source: string;
          readonly txId: string;
          readonly text: string;
      };

export type LogLevel = 'debug' | 'error' | 'info' | 'warn';

interface Stub {
    getTxID(): string;
}

interface Chaincode {
    Init(stub: Stub): Promise<unknown>;
    Invoke(stub: Stub): Promise<unknown>;
    contractImplementations?: Record<string, { contractInstance?: Contract }>;
}

interface Contract {
    aroundTransaction(context: unknown, fn: unknown, parameters: unknown): Promise<unknown>;
}

interface ChaincodeServer {
    _chaincode: Chaincode;
    start(): Promise<void>;
    /** The service's one method. */
    connect(stream: PortStream): void;
}

/** What the shim registers with its gRPC server. */
type ServiceDefinition = Readonly<Record<string, Wire>>;

interface GrpcServer {
    addService(definition: ServiceDefinition, implementation: unknown): void;
}

interface Shim {
    start(chaincode: Chaincode): unknown;
    server(chaincode: Chaincode, options: Record<string, unknown>): ChaincodeServer;
}

const task = workerData as WorkerTask;
const fromPackage = createRequire(join(task.folder, 'package.json'));
/** The shim asks for an address to listen at. */
const unused = '127.0.0.1:1';
const transaction = new AsyncLocalStorage<string>();

function serve(): void {
    tagConsole();
    replaceLoggers();
    serveOverPorts();
    if (usesContractApi()) {
        // The package's own command line, exactly as `npm run start:server` runs it.
        process.argv.splice(2, Infinity, 'server');
        process.argv.push('--chaincode-address', unused, '--chaincode-id', task.packageId);
        process.argv.push('--module-path', task.folder);
        fromPackage('fabric-shim/cli.js');
        return;
    }
    serveWhereItWouldDial();
    const description = JSON.parse(readFileSync(join(task.folder, 'package.json'), 'utf8')) as { main?: string };
    fromPackage(join(task.folder, description.main ?? 'index.js'));
}

/** Packages with contract classes are started by fabric-chaincode-node; others call the shim from their main file. */
function usesContractApi(): boolean {
    const description = JSON.parse(readFileSync(join(task.folder, 'package.json'), 'utf8')) as {
        scripts?: Record<string, string>;
    };
    return Object.values(description.scripts ?? {}).some(script => script.includes('fabric-chaincode-node'));
}

/** A package whose main file calls shim.start() expects to dial its peer; here the peer dials it. */
function serveWhereItWouldDial(): void {
    const shim = fromPackage('fabric-shim') as Shim;
    shim.start = chaincode => {
        return shim.server(chaincode, { ccid: task.packageId, address: unused }).start();
    };
}

/** The shim's server takes its streams from the launcher instead of a socket, and reads and writes what its own service says. */
function serveOverPorts(): void {
    const ofShim = createRequire(fromPackage.resolve('fabric-shim/lib/server.js'));
    const { Server: Grpc } = ofShim('@grpc/grpc-js') as { Server: { prototype: GrpcServer } };
    let wire: Wire | undefined;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
    const addService = Grpc.prototype.addService;
    Grpc.prototype.addService = function (this: GrpcServer, definition, implementation): void {
        wire ??= definition['connect'];
        addService.call(this, definition, implementation);
    };
    const Server = fromPackage('fabric-shim/lib/server.js') as { prototype: ChaincodeServer };
    Server.prototype.start = function (this: ChaincodeServer): Promise<void> {
        const served = wire;
        if (!served) throw new Error('this fabric-shim serves no chaincode stream');
        this._chaincode = observed(this._chaincode);
        parentPort?.on('message', (port: MessagePort) => {
            this.connect(new PortStream(port, served));
        });
        tell({ kind: 'ready' });
        return Promise.resolve();
    };
}

/** The same chaincode; what it logs carries its transaction, and what it throws is logged with its stack. */
function observed(chaincode: Chaincode): Chaincode {
    for (const { contractInstance } of Object.values(chaincode.contractImplementations ?? {})) {
        if (contractInstance === undefined) continue;
        const around = contractInstance.aroundTransaction.bind(contractInstance);
        contractInstance.aroundTransaction = (context, fn, parameters) =>
            around(context, fn, parameters).catch(rethrowLogged);
    }
    const [init, invoke] = [chaincode.Init.bind(chaincode), chaincode.Invoke.bind(chaincode)];
    chaincode.Init = stub => transaction.run(stub.getTxID(), () => init(stub).catch(rethrowLogged));
    chaincode.Invoke = stub => transaction.run(stub.getTxID(), () => invoke(stub).catch(rethrowLogged));
    return chaincode;
}

function rethrowLogged(error: unknown): never {
    log('error', 'contract', error instanceof Error ? (error.stack ?? error.message) : String(error));
    throw error;
}

/**
 * The loggers of the shim and of the contract API format every line before they look at the level, which costs a third of a
 * busy chaincode's time. Lines of the shim itself matter only from warnings up; lines of contracts are all kept.
 */
function replaceLoggers(): void {
    for (const path of ['fabric-shim/lib/logger.js', 'fabric-contract-api/lib/logger.js']) {
        let module: { getLogger(name?: string): unknown; setLevel(): void };
        try {
            module = fromPackage(path) as typeof module;
        } catch {
            // A package that uses the shim alone has no contract API.
            continue;
        }
        module.getLogger = loggerOf;
        module.setLevel = () => undefined;
    }
}

function loggerOf(name = 'chaincode'): Readonly<Record<string, (...parts: unknown[]) => void>> {
    const ofShim = name.endsWith('.js') || name === 'fabric-shim/cli';
    const line =
        (level: LogLevel) =>
        (...parts: unknown[]): void =>
            log(level, name, format(...parts));
    const silent = (): void => undefined;
    return {
        error: line('error'),
        fatal: line('error'),
        warn: line('warn'),
        info: ofShim ? silent : line('info'),
        verbose: silent,
        debug: ofShim ? silent : line('debug'),
        silly: silent,
    };
}

function tagConsole(): void {
    const levels = { log: 'info', info: 'info', debug: 'debug', warn: 'warn', error: 'error', trace: 'debug' } as const;
    for (const [method, level] of Object.entries(levels)) {
        console[method as keyof typeof levels] = (...parts: unknown[]) => log(level, 'console', format(...parts));
    }
}

function log(level: LogLevel, source: string, text: string): void {
    tell({ kind: 'log', level, source, txId: transaction.getStore() ?? '', text });
}

function tell(message: WorkerMessage): void {
    parentPort?.postMessage(message);
}

serve();
