import type { Collection } from '@poolproof/network';
import { parseSignaturePolicy } from '@poolproof/network/dist/embedded/ledger';
import type { Simulator } from '@poolproof/network/dist/embedded/ledger';
import { sha256 } from '@poolproof/network/dist/embedded/ledger/digest';
import { Code, LedgerNetwork, text, value } from './ledger-fixture';
import type { Making } from './ledger-fixture';

const orgs = ['BankAMSP', 'BankBMSP', 'TrustMSP', 'FundMSP'];

const tape: Collection = {
    name: 'tape',
    policy: "OR('BankAMSP.member','TrustMSP.member')",
    requiredPeerCount: 1,
    maxPeerCount: 3,
    blockToLive: 0,
    memberOnlyRead: true,
    memberOnlyWrite: true,
    endorsementPolicy: { signaturePolicy: "AND('BankAMSP.peer','TrustMSP.peer')" },
};
const shortLived: Collection = { ...tape, name: 'short', blockToLive: 2 };
const members = ['BankAMSP', 'TrustMSP'];

const put =
    (key: string, content: string, collection = 'tape') =>
    (simulator: Simulator): void =>
        simulator.putPrivateData('cc', collection, key, value(content));

describe('private data', () => {
    let network: LedgerNetwork;

    beforeAll(async () => {
        network = await LedgerNetwork.open(orgs);
        await network.define({ collections: [tape, shortLived] });
    });

    const read = (mspId: string, key: string, collection = 'tape'): string | undefined =>
        text(network.read(mspId, simulator => simulator.getPrivateData('cc', collection, key)));
    const hashOf = (mspId: string, key: string, collection = 'tape'): Uint8Array | undefined =>
        network.read(mspId, simulator => simulator.getPrivateDataHash('cc', collection, key));
    const submit = (work: (simulator: Simulator) => void, making: Making = {}): ReturnType<LedgerNetwork['submit']> =>
        network.submit(work, { endorsers: members, ...making });
    const emptyBlocks = async (count: number): Promise<void> => {
        for (let block = 0; block < count; block++) await network.commit([]);
    };

    it('reaches the members and nobody else, who have its hash', async () => {
        expect(await submit(put('loan', 'secret'))).toBe(Code.VALID);
        for (const mspId of members) expect(read(mspId, 'loan')).toBe('secret');
        for (const mspId of ['BankBMSP', 'FundMSP']) {
            expect(() => read(mspId, 'loan')).toThrow(
                /private data matching public hash version is not available\. Public hash version = \{BlockNum: \d+, TxNum: 0\}, Private data version = <nil>/,
            );
            expect(hashOf(mspId, 'loan')).toEqual(sha256('secret'));
        }
        const everything = [...network.ledgers.get('FundMSP')!.privateDataOf(network.ledger('FundMSP').height - 1)];
        expect(everything).toEqual([]);
    });

    it('puts no private value into the block', () => {
        const ledger = network.ledger('FundMSP');
        for (let number = 0; number < ledger.height; number++) {
            expect(Buffer.from(ledger.block(number)!.message().serializeBinary()).includes('secret')).toBe(false);
        }
    });

    it("is judged by the collection's policy alone", async () => {
        expect(await submit(put('judged', 'x'), { endorsers: ['BankAMSP'] })).toBe(Code.ENDORSEMENT_POLICY_FAILURE);
        expect(await submit(put('judged', 'x'), { endorsers: ['BankBMSP', 'FundMSP', 'TrustMSP'] })).toBe(
            Code.ENDORSEMENT_POLICY_FAILURE,
        );
        expect(await submit(put('judged', 'x'))).toBe(Code.VALID);
    });

    it("is judged by a key's own policy where it has one", async () => {
        const parameter = parseSignaturePolicy("OR('FundMSP.peer')").serializeBinary();
        await submit(simulator => {
            put('guarded', 'x')(simulator);
            simulator.setPrivateMetadata('cc', 'tape', 'guarded', new Map([['VALIDATION_PARAMETER', parameter]]));
        });
        expect(await submit(put('guarded', 'y'))).toBe(Code.ENDORSEMENT_POLICY_FAILURE);
        expect(await submit(put('guarded', 'y'), { endorsers: ['FundMSP'] })).toBe(Code.VALID);
        expect(read('BankAMSP', 'guarded')).toBe('y');
    });

    it('stays readable after a write of its metadata alone', async () => {
        await submit(put('touched', 'same'));
        const parameter = parseSignaturePolicy("OR('TrustMSP.peer')").serializeBinary();
        await submit(simulator =>
            simulator.setPrivateMetadata('cc', 'tape', 'touched', new Map([['VALIDATION_PARAMETER', parameter]])),
        );
        for (const mspId of members) expect(read(mspId, 'touched')).toBe('same');
    });

    it('refuses a read whose hash has changed since', async () => {
        await submit(put('balance', '1'));
        const copy = (simulator: Simulator): void => {
            const before = simulator.getPrivateData('cc', 'tape', 'balance')!;
            simulator.putPrivateData('cc', 'tape', 'copy', before);
        };
        const making = { endorsers: members };
        const [early, late] = [await network.make(put('balance', '2'), making), await network.make(copy, making)];
        expect(await network.order([early, late])).toEqual([Code.VALID, Code.MVCC_READ_CONFLICT]);
    });

    it('does not endorse where too few members can be reached', () => {
        const demanding = { ...tape, requiredPeerCount: 2 };
        return network.define({ sequence: 2, collections: [demanding, shortLived] }).then(async () => {
            await expect(network.make(put('loan', 'x'), { endorsers: members })).rejects.toThrow(
                'required to disseminate to at least 2 peers, but know of only 1 eligible peers',
            );
            await network.define({ sequence: 3, collections: [tape, shortLived] });
        });
    });

    it('refuses collections that the chaincode has not', () => {
        expect(() => network.read('BankAMSP', simulator => simulator.collection('cc', 'nowhere'))).toThrow(
            'collection trade/cc/nowhere could not be found',
        );
        expect(() => read('BankAMSP', 'k', 'nowhere')).toThrow(
            'collection [nowhere] not defined in the collection config for chaincode [cc]',
        );
    });

    it('gives every institution a collection of its own', async () => {
        const mine = '_implicit_org_BankBMSP';
        expect(await submit(put('note', 'mine', mine), { endorsers: ['BankBMSP'] })).toBe(Code.VALID);
        expect(read('BankBMSP', 'note', mine)).toBe('mine');
        expect(() => read('TrustMSP', 'note', mine)).toThrow('is not available');
        expect(await submit(put('note', 'theirs', mine), { endorsers: ['TrustMSP'] })).toBe(
            Code.ENDORSEMENT_POLICY_FAILURE,
        );
    });

    it('lives for as many blocks as its collection says, with its hash', async () => {
        await submit(put('brief', 'now', 'short'));
        const writtenIn = network.ledger('BankAMSP').height - 1;
        await emptyBlocks(2);
        expect(read('TrustMSP', 'brief', 'short')).toBe('now');
        expect(network.ledger('TrustMSP').privateDataOf(writtenIn).size).toBe(1);
        await emptyBlocks(1);
        expect(read('TrustMSP', 'brief', 'short')).toBeUndefined();
        expect(hashOf('FundMSP', 'brief', 'short')).toBeUndefined();
        expect(network.ledger('TrustMSP').privateDataOf(writtenIn).size).toBe(0);
    });

    it('lives on where it was written again', async () => {
        await submit(put('renewed', '1', 'short'));
        await emptyBlocks(1);
        await submit(put('renewed', '2', 'short'));
        await emptyBlocks(2);
        expect(read('TrustMSP', 'renewed', 'short')).toBe('2');
        await emptyBlocks(1);
        expect(read('TrustMSP', 'renewed', 'short')).toBeUndefined();
    });

    it('leaves no former value behind when it is purged', async () => {
        await submit(simulator => {
            put('erased', 'first')(simulator);
            put('beside', 'stays')(simulator);
        });
        const first = network.ledger('TrustMSP').height - 1;
        await submit(put('erased', 'second'));
        await submit(simulator => simulator.purgePrivateData('cc', 'tape', 'erased'));
        expect(read('TrustMSP', 'erased')).toBeUndefined();
        expect(hashOf('FundMSP', 'erased')).toBeUndefined();
        const left = Buffer.from(network.ledger('TrustMSP').privateDataOf(first).get(0)!);
        expect(left.includes('first')).toBe(false);
        expect(left.includes('stays')).toBe(true);
        expect(network.ledger('TrustMSP').privateDataOf(first + 1).size).toBe(0);
    });

    it('keeps former values of what is merely deleted', async () => {
        await submit(put('deleted', 'was'));
        const writtenIn = network.ledger('BankAMSP').height - 1;
        await submit(simulator => simulator.deletePrivateData('cc', 'tape', 'deleted'));
        expect(read('BankAMSP', 'deleted')).toBeUndefined();
        expect(Buffer.from(network.ledger('BankAMSP').privateDataOf(writtenIn).get(0)!).includes('was')).toBe(true);
    });

    it('forbids private queries in a transaction that writes, and writes after one', () => {
        const both = (simulator: Simulator): void => {
            put('k', 'v')(simulator);
            simulator.privateRange('cc', 'tape', 'a', 'z');
        };
        expect(() => network.read('BankAMSP', both)).toThrow(
            'txid [read]: unsuppored transaction. Queries on pvt data is supported only in a read-only transaction',
        );
        expect(() =>
            network.read('BankAMSP', simulator => {
                simulator.privateRange('cc', 'tape', 'a', 'z');
                put('k', 'v')(simulator);
            }),
        ).toThrow('Transaction has already performed queries on pvt data. Writes are not allowed');
    });

    it('finds private keys by range', async () => {
        await submit(simulator => {
            for (const key of ['row-2', 'row-1', 'row-3']) put(key, key)(simulator);
        });
        const keys = network.read('TrustMSP', simulator => {
            const iterator = simulator.privateRange('cc', 'tape', 'row-', 'row-3');
            return [iterator.next()?.key, iterator.next()?.key, iterator.next()?.key];
        });
        expect(keys).toEqual(['row-1', 'row-2', undefined]);
    });
});

describe('private data that came late', () => {
    const lonely = { ...tape, endorsementPolicy: { signaturePolicy: "OR('BankAMSP.peer')" } };
    const making = { endorsers: ['BankAMSP'], withoutDissemination: true };
    const read = (network: LedgerNetwork): string | undefined =>
        text(network.read('TrustMSP', simulator => simulator.getPrivateData('cc', 'tape', 'late')));

    it('is missed, then fetched, unless it is not what the block names', async () => {
        const opening = { alone: true, answer: undefined as Uint8Array | undefined };
        const network = await LedgerNetwork.open(orgs, opening);
        await network.define({ collections: [lonely] });
        expect(await network.submit(put('late', 'here'), making)).toBe(Code.VALID);
        const trust = network.ledger('TrustMSP');
        expect(() => read(network)).toThrow('is not available');
        expect(trust.missingPrivateData()).toMatchObject([{ namespace: 'cc', collection: 'tape' }]);
        expect(network.ledger('FundMSP').missingPrivateData()).toEqual([]);
        opening.answer = Buffer.from('something else');
        await trust.fetchMissing();
        expect(trust.missingPrivateData()).toHaveLength(1);
        opening.alone = false;
        opening.answer = undefined;
        await trust.fetchMissing();
        expect(read(network)).toBe('here');
        expect(trust.missingPrivateData()).toEqual([]);
    });

    it('does not bring back what was overwritten since', async () => {
        const opening = { alone: true };
        const network = await LedgerNetwork.open(orgs, opening);
        await network.define({ collections: [lonely] });
        await network.submit(put('late', 'first'), making);
        opening.alone = false;
        await network.submit(put('late', 'second'), making);
        await network.ledger('TrustMSP').fetchMissing();
        expect(read(network)).toBe('second');
        expect(network.ledger('TrustMSP').missingPrivateData()).toEqual([]);
    });

    it('is no longer missed when its time is over', async () => {
        const network = await LedgerNetwork.open(orgs, { alone: true });
        await network.define({ collections: [{ ...lonely, blockToLive: 1 }] });
        await network.submit(put('late', 'here'), making);
        expect(network.ledger('TrustMSP').missingPrivateData()).toHaveLength(1);
        for (let block = 0; block < 2; block++) await network.commit([]);
        expect(network.ledger('TrustMSP').missingPrivateData()).toEqual([]);
        expect(read(network)).toBeUndefined();
    });
});
