import type { ChaincodeStub } from 'fabric-shim-api';

/** Where records lie: the state that every peer holds, or one private data collection. Reads see committed state only. */
export interface Store {
    get(key: string): Promise<Uint8Array>;
    put(key: string, value: Uint8Array): Promise<void>;
    remove(key: string): Promise<void>;
}

/** State shared by all institutions. */
export function publicStore(stub: ChaincodeStub): Store {
    return {
        get: key => stub.getState(key),
        put: (key, value) => stub.putState(key, value),
        remove: key => stub.deleteState(key),
    };
}

/** State of one collection's members; all others hold hashes. Fabric refuses clients and peers that are not members. */
export function privateStore(stub: ChaincodeStub, collection: string): Store {
    return {
        get: key => stub.getPrivateData(collection, key),
        put: (key, value) => stub.putPrivateData(collection, key, value),
        remove: key => stub.deletePrivateData(collection, key),
    };
}
