import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { LogLevel, WorkerMessage, WorkerTask } from './worker';

/** One line that a chaincode wrote to its log or console. */
export interface ChaincodeLog {
    readonly at: Date;
    readonly mspId: string;
    readonly chaincode: string;
    readonly level: LogLevel;
    /** Name of the logger, `console`, `contract` (errors thrown) or `stderr`. */
    readonly source: string;
    /** Empty outside of a transaction. */
    readonly txId: string;
    readonly text: string;
}

export interface LaunchOptions {
    readonly chaincode: string;
    readonly mspId: string;
    /** Folder of the chaincode package: where its package.json is. */
    readonly folder: string;
    readonly packageId: string;
    /** Folder for the socket. */
    readonly runFolder: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly onLog: (line: ChaincodeLog) => void;
}

/** A chaincode of one institution, running in a thread of its own. */
export class ChaincodeProcess {
    private constructor(
        readonly options: LaunchOptions,
        readonly address: string,
        private readonly worker: Worker,
        /** Resolves once it serves; rejects with its last words if it ends before. */
        readonly ready: Promise<void>,
        /** Resolves when its thread has ended, for whatever reason. */
        readonly ended: Promise<void>,
    ) {}

    static async launch(options: LaunchOptions): Promise<ChaincodeProcess> {
        const address = await freeAddress(options);
        const worker = startWorker(options, address);
        const ready = untilReady(worker, options);
        // Whoever needs the chaincode awaits `ready` and hears of it then.
        ready.catch(() => undefined);
        const ended = new Promise<void>(resolve => worker.once('exit', () => resolve()));
        return new ChaincodeProcess(options, address, worker, ready, ended);
    }

    async stop(): Promise<void> {
        await this.worker.terminate();
        if (this.address.startsWith('unix:')) rmSync(this.address.slice('unix:'.length), { force: true });
    }
}

let launches = 0;

/** A socket of its own for every launch, so that a restarted chaincode is never mistaken for its predecessor. */
async function freeAddress(options: LaunchOptions): Promise<string> {
    launches += 1;
    if (process.platform !== 'win32') return `unix:${join(options.runFolder, `${launches}.sock`)}`;
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise(resolve => server.close(resolve));
    return `127.0.0.1:${port}`;
}

function startWorker(options: LaunchOptions, address: string): Worker {
    const task: WorkerTask = { folder: options.folder, packageId: options.packageId, address };
    return new Worker(join(__dirname, 'worker.js'), {
        workerData: task,
        stdout: true,
        stderr: true,
        // A worker's own default is 48: with five institutions that is half of the network's memory, for little speed.
        resourceLimits: { maxYoungGenerationSizeMb: 12 },
        env: {
            ...process.env,
            CORE_PEER_LOCALMSPID: options.mspId,
            CORE_PEER_TLS_ENABLED: 'false',
            CORE_CHAINCODE_ID_NAME: options.packageId,
            CHAINCODE_ID: options.packageId,
            CHAINCODE_SERVER_ADDRESS: address,
            ...options.environment,
        },
    });
}

function untilReady(worker: Worker, options: LaunchOptions): Promise<void> {
    const { chaincode, mspId, onLog } = options;
    const lastWords: string[] = [];
    const log = (level: LogLevel, source: string, txId: string, text: string): void => {
        if (level === 'error') lastWords.push(text);
        if (lastWords.length > 5) lastWords.shift();
        onLog({ at: new Date(), mspId, chaincode, level, source, txId, text });
    };
    worker.stdout.on('data', data => log('info', 'stdout', '', String(data)));
    worker.stderr.on('data', data => log('error', 'stderr', '', String(data)));
    return new Promise((resolve, reject) => {
        worker.on('message', (message: WorkerMessage) => {
            if (message.kind === 'ready') resolve();
            else log(message.level, message.source, message.txId, message.text);
        });
        worker.on('error', error => log('error', 'stderr', '', error.stack ?? error.message));
        worker.on('exit', code => {
            const words = lastWords.join('\n') || `it ended with code ${code}`;
            reject(new Error(`chaincode ${chaincode} of ${mspId} in ${options.folder} did not start: ${words}`));
        });
    });
}
