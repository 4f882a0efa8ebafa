import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
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
    readonly environment: Readonly<Record<string, string>>;
    readonly onLog: (line: ChaincodeLog) => void;
}

/** A chaincode of one institution, running in a thread of its own. */
export class ChaincodeProcess {
    private constructor(
        readonly options: LaunchOptions,
        private readonly worker: Worker,
        /** Resolves once it serves; rejects with its last words if it ends before. */
        readonly ready: Promise<void>,
        /** Resolves when its thread has ended, for whatever reason. */
        readonly ended: Promise<void>,
    ) {}

    static launch(options: LaunchOptions): ChaincodeProcess {
        const worker = startWorker(options);
        const ready = untilReady(worker, options);
        // Whoever needs the chaincode awaits `ready` and hears of it then.
        ready.catch(() => undefined);
        const ended = new Promise<void>(resolve => worker.once('exit', () => resolve()));
        return new ChaincodeProcess(options, worker, ready, ended);
    }

    /** A stream of its own for a peer: what the peer's end posts is a chaincode message, serialised. Closed when the thread ends. */
    connect(): MessagePort {
        const { port1, port2 } = new MessageChannel();
        this.worker.postMessage(port2, [port2]);
        // A thread that has just ended takes no port, and would never close it.
        void this.ended.then(() => port1.close());
        return port1;
    }

    async stop(): Promise<void> {
        await this.worker.terminate();
    }
}

function startWorker(options: LaunchOptions): Worker {
    const task: WorkerTask = { folder: options.folder, packageId: options.packageId };
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
