import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import type { Transaction } from '@hyperledger/fabric-gateway';
import { common, gateway, ledger, peer } from '@hyperledger/fabric-protos';
import type { TestClient } from './harness';
import { consortiumOf, failure, TestNetwork, text } from './harness';

const codes = peer.TxValidationCode;

describe('a client or peer that cheats', () => {
    let network: TestNetwork;
    let client: TestClient;

    beforeAll(async () => {
        network = await TestNetwork.open(consortiumOf(['a', 'b', 'c']));
        client = await network.client('a');
        await client.contract.submitTransaction('put', 'stake', 'untouched');
    });
    afterAll(() => network.close());
    afterEach(async () => {
        expect(text(await client.contract.evaluateTransaction('get', 'stake'))).toBe('untouched');
    });

    const endorse = (): Promise<Transaction> =>
        client.contract.newProposal('put', { arguments: ['stake', 'stolen'] }).endorse();

    /** Change an endorsed transaction, sign it as its client and submit it; the code it ends with. */
    async function submitChanged(transaction: Transaction, change: (opened: Opened) => void): Promise<number> {
        const prepared = gateway.PreparedTransaction.deserializeBinary(transaction.getBytes());
        const opened = open(prepared.getEnvelope()!);
        change(opened);
        prepared.setEnvelope(close(opened));
        const changed = client.gateway.newTransaction(prepared.serializeBinary());
        return (await (await changed.submit()).getStatus()).code;
    }

    it('cannot use a certificate of another institution as its own', async () => {
        const stolen = network.connect('b', { ...client.identity, mspId: 'BMSP' });
        const { code, message } = await failure(stolen.contract.evaluateTransaction('get', 'stake'));
        expect(code).toBe(status.FAILED_PRECONDITION);
        expect(message).toContain('access denied: channel [channel] creator org [BMSP]');
    });

    it('cannot be of an institution that is not in the channel', async () => {
        const stranger = network.connect('a', { ...client.identity, mspId: 'StrangerMSP' });
        const { message } = await failure(stranger.contract.evaluateTransaction('get', 'stake'));
        expect(message).toContain('access denied: channel [channel] creator org unknown, creator is malformed');
    });

    it('cannot sign with a key that is not of its certificate', async () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
        const impostor = network.connect('a', { ...client.identity, privateKeyPem });
        const { details } = await failure(impostor.contract.submitTransaction('put', 'stake', 'stolen'));
        expect(details[0]?.message).toContain('access denied: channel [channel] creator org [AMSP]');
    });

    it('cannot follow events or ask for a commit with a foreign key', async () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
        const impostor = network.connect('a', { ...client.identity, privateKeyPem });
        const events = await impostor.gateway.getNetwork('channel').getChaincodeEvents('fixture');
        expect((await failure(events[Symbol.asyncIterator]().next())).code).toBe(status.PERMISSION_DENIED);
    });

    it('cannot do without a signatory', async () => {
        const code = await submitChanged(await endorse(), ({ action }) => {
            action.getAction()!.setEndorsementsList(action.getAction()!.getEndorsementsList().slice(0, 1));
        });
        expect(code).toBe(codes.ENDORSEMENT_POLICY_FAILURE);
    });

    it('cannot count one signatory twice', async () => {
        const code = await submitChanged(await endorse(), ({ action }) => {
            const [first] = action.getAction()!.getEndorsementsList();
            action.getAction()!.setEndorsementsList([first!, first!]);
        });
        expect(code).toBe(codes.ENDORSEMENT_POLICY_FAILURE);
    });

    it('cannot forge the signature of an endorser', async () => {
        const code = await submitChanged(await endorse(), ({ action }) => {
            const forged = action.getAction()!.getEndorsementsList()[1]!;
            const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
            const message = Buffer.concat([
                action.getAction()!.getProposalResponsePayload_asU8(),
                forged.getEndorser_asU8(),
            ]);
            forged.setSignature(sign('sha256', message, privateKey));
        });
        expect(code).toBe(codes.ENDORSEMENT_POLICY_FAILURE);
    });

    it('cannot endorse with the certificate of a client', async () => {
        const code = await submitChanged(await endorse(), ({ action, payload }) => {
            const header = payload.getHeader()!.getSignatureHeader_asU8();
            const creator = common.SignatureHeader.deserializeBinary(header).getCreator_asU8();
            const message = Buffer.concat([action.getAction()!.getProposalResponsePayload_asU8(), creator]);
            const endorsement = new peer.Endorsement();
            endorsement.setEndorser(creator);
            endorsement.setSignature(sign('sha256', message, createPrivateKey(client.identity.privateKeyPem)));
            const [first] = action.getAction()!.getEndorsementsList();
            action.getAction()!.setEndorsementsList([first!, endorsement]);
        });
        expect(code).toBe(codes.ENDORSEMENT_POLICY_FAILURE);
    });

    it.each(['reads', 'writes'] as const)('cannot change the %s that were endorsed', async part => {
        const code = await submitChanged(await endorse(), opened => changeSet(opened.action, part));
        expect(code).toBe(codes.ENDORSEMENT_POLICY_FAILURE);
    });

    it('cannot put the endorsements of one proposal on another', async () => {
        const [other, transaction] = [await endorse(), await endorse()];
        const foreign = open(gateway.PreparedTransaction.deserializeBinary(other.getBytes()).getEnvelope()!);
        const code = await submitChanged(transaction, opened => {
            opened.action.setAction(foreign.action.getAction());
        });
        expect(code).toBe(codes.INVALID_ENDORSER_TRANSACTION);
    });

    it('cannot submit a transaction that somebody else proposed', async () => {
        const other = await network.client('c');
        const foreign = other.gateway.newTransaction((await endorse()).getBytes());
        const { code, message } = await failure(foreign.submit());
        expect(code).toBe(status.ABORTED);
        expect(message).toContain('received unsuccessful response from orderer: status=FORBIDDEN');
    });

    it('cannot replay a transaction', async () => {
        const proposal = client.contract.newProposal('put', { arguments: ['replayed', '1'] });
        const transaction = await proposal.endorse();
        const { blockNumber } = await (await transaction.submit()).getStatus();
        await client.contract.submitTransaction('put', 'replayed', '2');
        await transaction.submit();
        await client.contract.submitTransaction('put', 'after', 'x');
        const blocks = await client.gateway.getNetwork('channel').getFilteredBlockEvents({ startBlock: blockNumber });
        const seen: number[] = [];
        for await (const block of blocks) {
            seen.push(...block.getFilteredTransactionsList().map(each => each.getTxValidationCode()));
            if (seen.length === 4) break;
        }
        blocks.close();
        expect(seen).toEqual([codes.VALID, codes.VALID, codes.DUPLICATE_TXID, codes.VALID]);
        expect(text(await client.contract.evaluateTransaction('get', 'replayed'))).toBe('2');
        const again = await failure(proposal.endorse());
        expect(again.details[0]?.message).toContain(`duplicate transaction found [${transaction.getTransactionId()}]`);
    });
});

/** A transaction's envelope taken apart down to its one action. */
interface Opened {
    readonly payload: common.Payload;
    readonly transaction: peer.Transaction;
    readonly action: peer.ChaincodeActionPayload;
}

function open(envelope: common.Envelope): Opened {
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
    const [action] = transaction.getActionsList();
    return { payload, transaction, action: peer.ChaincodeActionPayload.deserializeBinary(action!.getPayload_asU8()) };
}

function close({ payload, transaction, action }: Opened): common.Envelope {
    transaction.getActionsList()[0]!.setPayload(action.serializeBinary());
    payload.setData(transaction.serializeBinary());
    const envelope = new common.Envelope();
    envelope.setPayload(payload.serializeBinary());
    return envelope;
}

function changeSet(action: peer.ChaincodeActionPayload, part: 'reads' | 'writes'): void {
    const endorsed = action.getAction()!;
    const response = peer.ProposalResponsePayload.deserializeBinary(endorsed.getProposalResponsePayload_asU8());
    const chaincodeAction = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
    const sets = ledger.rwset.TxReadWriteSet.deserializeBinary(chaincodeAction.getResults_asU8());
    const own = sets.getNsRwsetList().find(set => set.getNamespace() === 'fixture')!;
    const changed = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(own.getRwset_asU8());
    if (part === 'writes') {
        changed.getWritesList()[0]!.setValue(Buffer.from('more'));
    } else {
        const read = new ledger.rwset.kvrwset.KVRead();
        read.setKey('elsewhere');
        changed.addReads(read);
    }
    own.setRwset(changed.serializeBinary());
    chaincodeAction.setResults(sets.serializeBinary());
    response.setExtension$(chaincodeAction.serializeBinary());
    endorsed.setProposalResponsePayload(response.serializeBinary());
}
