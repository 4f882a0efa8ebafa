import { common, peer } from '@hyperledger/fabric-protos';
import type { NamespaceTouched } from '../ledger';

/** System namespaces ask for no endorser of their own. */
const systemNamespaces: ReadonlySet<string> = new Set(['_lifecycle', 'cscc', 'lscc', 'qscc']);

/** What discovery needs to know of a simulation to name its endorsers: which policies judge what it touched. */
export function chaincodeInterest(touched: readonly NamespaceTouched[]): peer.ChaincodeInterest {
    const interest = new peer.ChaincodeInterest();
    for (const part of touched.filter(({ namespace }) => !systemNamespaces.has(namespace))) {
        for (const call of callsOf(part)) interest.addChaincodes(call);
    }
    return interest;
}

function callsOf(touched: NamespaceTouched): readonly peer.ChaincodeCall[] {
    const collectionCalls = touched.collections.map(({ name, privateReads }) => {
        const call = newCall(touched.namespace);
        call.setCollectionNamesList([name]);
        call.setNoPrivateReads(!privateReads);
        return call;
    });
    if (!touched.policyRequired && touched.keyPolicies.length === 0) return collectionCalls;
    const publicCall = newCall(touched.namespace);
    publicCall.setKeyPoliciesList(
        touched.keyPolicies.map(policy => common.SignaturePolicyEnvelope.deserializeBinary(policy)),
    );
    publicCall.setDisregardNamespacePolicy(!touched.policyRequired);
    return [publicCall, ...collectionCalls];
}

function newCall(chaincode: string): peer.ChaincodeCall {
    const call = new peer.ChaincodeCall();
    call.setName(chaincode);
    return call;
}
