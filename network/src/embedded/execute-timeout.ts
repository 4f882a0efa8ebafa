import { url as inspectorUrl } from 'node:inspector';

/** Milliseconds a chaincode may take on a peer of Fabric (core.yaml). */
const ofFabric = 30_000;

/** Milliseconds a chaincode may take, 0 for ever: what is asked for, else what Fabric gives it, unless a debugger is attached: a breakpoint must not run into a time-out. */
export function executeTimeoutOf(wanted: number | undefined): number {
    return wanted ?? (inspectorUrl() === undefined ? ofFabric : 0);
}
