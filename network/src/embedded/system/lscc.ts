import type { SystemChaincode } from '../chaincode/support';
import { failure } from './response';

/** The lifecycle of Fabric 1, which no channel with current capabilities uses. */
export const lscc: SystemChaincode = {
    invoke: () => failure('lscc is not supported by the embedded network: chaincodes are defined by _lifecycle'),
};
