import { status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import type { Peer } from '../peer';

/** The service protos.Endorser of one peer, for clients that collect endorsements themselves. */
export function endorserService(endorser: Peer): UntypedServiceImplementation {
    return {
        processProposal: (
            call: ServerUnaryCall<peer.SignedProposal, peer.ProposalResponse>,
            callback: sendUnaryData<peer.ProposalResponse>,
        ) => {
            endorser.processProposal(call.request).then(
                ({ response, error }) => {
                    if (error === undefined) callback(null, response);
                    else callback({ code: status.UNKNOWN, details: error });
                },
                (error: Error) => callback({ code: status.UNAVAILABLE, details: error.message }),
            );
        },
    };
}
