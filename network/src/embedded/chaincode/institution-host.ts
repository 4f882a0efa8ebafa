import type { MessagePort } from 'node:worker_threads';
import type { ChaincodeLog } from './launcher';
import { ChaincodeProcess } from './launcher';
import type { ChaincodeHost } from './support';

/** A chaincode package that institutions run. */
export interface InstalledChaincode {
    readonly name: string;
    /** Folder with its package.json. */
    readonly folder: string;
    /** Folders of institutions that run another package instead, by MSP id. */
    readonly altered: Readonly<Record<string, string>>;
    /** Environment variables it sees besides those that a peer sets. */
    readonly environment: Readonly<Record<string, string>>;
}

/** The chaincodes of one institution, each in a thread of its own, started at once and again whenever one has ended. */
export class InstitutionHost implements ChaincodeHost {
    private readonly processes = new Map<string, ChaincodeProcess>();
    private closed = false;

    constructor(
        private readonly mspId: string,
        private readonly installed: readonly InstalledChaincode[],
        private readonly onLog: (line: ChaincodeLog) => void,
    ) {}

    isInstalled(chaincode: string): boolean {
        return this.installed.some(({ name }) => name === chaincode);
    }

    startAll(): void {
        for (const { name } of this.installed) this.process(name);
    }

    async connect(chaincode: string): Promise<MessagePort | undefined> {
        if (this.closed || !this.isInstalled(chaincode)) return undefined;
        const process = this.process(chaincode);
        await process.ready;
        return process.connect();
    }

    /** End a chaincode's thread; the next call starts it anew, with whatever code its folder then holds. */
    async stop(chaincode: string): Promise<void> {
        const process = this.processes.get(chaincode);
        this.processes.delete(chaincode);
        await process?.stop();
    }

    async close(): Promise<void> {
        this.closed = true;
        await Promise.all([...this.processes.keys()].map(name => this.stop(name)));
    }

    private process(chaincode: string): ChaincodeProcess {
        const known = this.processes.get(chaincode);
        if (known !== undefined) return known;
        const launched = this.launch(chaincode);
        this.processes.set(chaincode, launched);
        void launched.ended.then(() => {
            if (this.processes.get(chaincode) === launched) this.processes.delete(chaincode);
        });
        return launched;
    }

    private launch(chaincode: string): ChaincodeProcess {
        const { mspId, onLog } = this;
        const { altered, environment, ...installed } = this.installed.find(({ name }) => name === chaincode)!;
        const folder = altered[mspId] ?? installed.folder;
        const packageId = `${chaincode}:${mspId}`;
        return ChaincodeProcess.launch({ chaincode, mspId, folder, packageId, environment, onLog });
    }
}
