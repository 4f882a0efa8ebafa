import type { Collection } from '../consortium';
import type { ChaincodeLog } from './chaincode/launcher';
import type { Cutting } from './orderer/ordering-service';

/** A chaincode to define on the channel and run for every institution. */
export interface EmbeddedChaincode {
    readonly name: string;
    readonly version: string;
    /** Folder of any package made with fabric-contract-api or fabric-shim: where its package.json is. */
    readonly folder: string;
    /** Folders of institutions that run another package under the same name, by institution id: altered chaincode, to see it refused. */
    readonly altered?: Readonly<Record<string, string>>;
    /** `majority`, `any` or a signature policy; majority if absent. */
    readonly endorsement?: string;
    readonly collections?: readonly Collection[];
    readonly initRequired?: boolean;
    /** Environment variables of the chaincode. */
    readonly environment?: Readonly<Record<string, string>>;
}

export interface EmbeddedOptions {
    /** Absent: the consortium's chaincode, from the package @poolproof/chaincode, with the consortium's collections. */
    readonly chaincodes?: readonly EmbeddedChaincode[];
    /**
     * Folder in which the network is kept: certificates the way cryptogen lays them out, ledgers, ports. Opened again, it goes on
     * where it stopped, even after a crash. Absent, everything is in memory and gone when closed.
     */
    readonly folder?: string;
    /** The first peer listens on this loopback port, the next ones on those after it, then the orderers. Free ports if absent. */
    readonly firstPort?: number;
    /** Loopback ports of single peers and orderers, by names such as `peer0.org1.example.com`; the others are chosen as if this were absent. */
    readonly ports?: Readonly<Record<string, number>>;
    /** When blocks are cut; `instant` if absent. */
    readonly cutting?: Cutting;
    /** Milliseconds a chaincode may take, 0 for ever. 30 seconds if absent, for ever while a debugger is attached. */
    readonly executeTimeout?: number;
    /** Run changed chaincode by itself: whenever compiled files in a chaincode's folder change. */
    readonly watch?: boolean;
    /** Told of every line that chaincode logs or writes to its console. */
    readonly onLog?: (line: ChaincodeLog) => void;
}
