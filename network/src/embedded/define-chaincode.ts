import { ledger as protos, peer as messages } from '@hyperledger/fabric-protos';
import { prepare } from './endorser/prepared-transaction';
import { unpackProposal } from './endorser/proposal';
import { propose } from './endorser/propose';
import type { Channel, DefinitionTerms, PeerLedger } from './ledger';
import { LIFECYCLE, writeDefinition } from './ledger';
import type { OrderingService } from './orderer/ordering-service';
import type { Peer } from './peer';
import type { Signer } from './signer';

/** What the consortium wants a chaincode to be; the sequence follows from what is committed. */
export type WantedDefinition = Omit<DefinitionTerms, 'sequence'>;

/**
 * The definition to commit so that the ledger has what is wanted: the first, one of the next sequence where the wanted
 * differs from the committed, or none.
 */
export function nextDefinition(ledger: PeerLedger, wanted: WantedDefinition): DefinitionTerms | undefined {
    const committed = ledger.definition(wanted.name);
    if (committed === undefined) return { ...wanted, sequence: 1 };
    const simulator = ledger.newSimulator('');
    try {
        writeDefinition(simulator, { ...wanted, sequence: committed.sequence });
        const sets = protos.rwset.TxReadWriteSet.deserializeBinary(simulator.results().publicSet);
        const own = sets.getNsRwsetList().find(set => set.getNamespace() === LIFECYCLE);
        const changes = protos.rwset.kvrwset.KVRWSet.deserializeBinary(own?.getRwset_asU8() ?? new Uint8Array());
        return changes.getWritesList().length === 0 ? undefined : { ...wanted, sequence: committed.sequence + 1 };
    } finally {
        simulator.done();
    }
}

/** Define a chaincode as institutions do: a transaction to `_lifecycle` that every peer endorses. */
export async function defineChaincode(
    channel: Channel,
    admin: Signer,
    peers: readonly Peer[],
    ordering: OrderingService,
    { name, sequence }: DefinitionTerms,
): Promise<void> {
    const args = new messages.lifecycle.CommitChaincodeDefinitionArgs();
    args.setName(name);
    args.setSequence(sequence);
    const call = [Buffer.from('CommitChaincodeDefinition'), args.serializeBinary()];
    const proposal = unpackProposal(propose(admin, channel.name, LIFECYCLE, call));
    const answers = await Promise.all(peers.map(each => each.processProposal(proposal.signed)));
    const refused = answers.find(({ response }) => response.getEndorsement() === undefined);
    if (refused !== undefined) {
        throw new Error(`chaincode ${name} cannot be defined: ${refused.response.getResponse()?.getMessage()}`);
    }
    const endorsements = answers.map(({ response }) => response.getEndorsement()!);
    const envelope = prepare(proposal, answers[0]!.response.getPayload_asU8(), endorsements);
    envelope.setSignature(admin.sign(envelope.getPayload_asU8()));
    ordering.broadcast(envelope);
    ordering.cut();
    await Promise.all(peers.map(each => each.settled()));
    if (peers.every(each => each.ledger.definition(name)?.sequence === sequence)) return;
    throw new Error(`chaincode ${name} was not defined: code ${peers[0]?.ledger.transaction(proposal.txId)?.code}`);
}
