import type { Collection } from '@poolproof/network';
import { common, ledger } from '@hyperledger/fabric-protos';
import { parseSignaturePolicy } from '@poolproof/network/dist/embedded/ledger';
import type { SimulationResults, Simulator, StateIterator } from '@poolproof/network/dist/embedded/ledger';
import { LedgerNetwork, value } from './ledger-fixture';

const orgs = ['BankAMSP', 'TrustMSP'];
const book: Collection = {
    name: 'book',
    policy: "OR('BankAMSP.member','TrustMSP.member')",
    requiredPeerCount: 0,
    maxPeerCount: 1,
    blockToLive: 0,
    memberOnlyRead: false,
    memberOnlyWrite: false,
};
const guard = parseSignaturePolicy("AND('BankAMSP.peer','TrustMSP.peer')").serializeBinary();

describe('a simulation', () => {
    let network: LedgerNetwork;

    beforeAll(async () => {
        network = await LedgerNetwork.open(orgs);
        await network.define({ collections: [book] });
        await network.submit(simulator => {
            for (const key of ['a', 'b', 'c', 'd', 'e']) simulator.putState('cc', key, value(key));
            simulator.putState('cc', 'guarded', value('g'));
            simulator.setStateMetadata('cc', 'guarded', new Map([['VALIDATION_PARAMETER', guard]]));
            simulator.putPrivateData('cc', 'book', 'private', value('p'));
        });
    });

    const simulate = (work: (simulator: Simulator) => void): SimulationResults =>
        network.read('BankAMSP', simulator => {
            work(simulator);
            return simulator.results();
        });
    const setsOf = (results: SimulationResults, namespace: string): ledger.rwset.kvrwset.KVRWSet => {
        const message = ledger.rwset.TxReadWriteSet.deserializeBinary(results.publicSet);
        const found = message.getNsRwsetList().find(set => set.getNamespace() === namespace);
        return ledger.rwset.kvrwset.KVRWSet.deserializeBinary(found?.getRwset_asU8() ?? new Uint8Array());
    };
    const readsOf = (results: SimulationResults, namespace: string): string[] =>
        setsOf(results, namespace)
            .getReadsList()
            .map(read => read.getKey());
    const take = (iterator: StateIterator, count: number): (string | undefined)[] =>
        Array.from({ length: count }, () => iterator.next()?.key);

    it('records the read of the sequence of every chaincode that is called', () => {
        const results = simulate(simulator => simulator.chaincodeDefinition('cc'));
        expect(readsOf(results, '_lifecycle')).toEqual(['namespaces/fields/cc/Sequence']);
    });

    it('looks for a chaincode that is not defined in the legacy lifecycle too', () => {
        const results = simulate(simulator => expect(simulator.chaincodeDefinition('nobody')).toBeUndefined());
        expect(readsOf(results, '_lifecycle')).toEqual(['namespaces/fields/nobody/Sequence']);
        expect(readsOf(results, 'lscc')).toEqual(['nobody']);
    });

    it("records the reads of the chaincode's definition where private data is touched", () => {
        const results = simulate(simulator => simulator.getPrivateDataHash('cc', 'book', 'private'));
        expect(readsOf(results, '_lifecycle')).toEqual([
            'namespaces/fields/cc/Collections',
            'namespaces/fields/cc/EndorsementInfo',
            'namespaces/fields/cc/Sequence',
            'namespaces/fields/cc/ValidationInfo',
            'namespaces/metadata/cc',
        ]);
    });

    it('records of a range what was fetched, whether or not it was to the end', () => {
        const results = simulate(simulator => {
            expect(take(simulator.stateRange('cc', 'b', 'e'), 4)).toEqual(['b', 'c', 'd', undefined]);
            expect(take(simulator.stateRange('cc', '', ''), 2)).toEqual(['a', 'b']);
        });
        const told = setsOf(results, 'cc')
            .getRangeQueriesInfoList()
            .map(range => [
                range.getStartKey(),
                range.getEndKey(),
                range.getItrExhausted(),
                range.getRawReads()?.getKvReadsList().length,
            ]);
        expect(told).toEqual([
            ['b', 'e', true, 3],
            ['', 'b', false, 2],
        ]);
    });

    it('turns pages, and says with which key the next one starts', () => {
        network.read('BankAMSP', simulator => {
            const first = simulator.stateRangePage('cc', 'a', 'f', 3);
            expect(take(first, 4)).toEqual(['a', 'b', 'c', undefined]);
            expect(first.bookmark()).toBe('d');
            const second = simulator.stateRangePage('cc', 'd', 'f', 3);
            expect(take(second, 3)).toEqual(['d', 'e', undefined]);
            expect(second.bookmark()).toBe('');
        });
    });

    it('forbids pages in a transaction that writes', () => {
        const write = (simulator: Simulator): void => simulator.putState('cc', 'k', value('v'));
        const page = (simulator: Simulator): unknown => simulator.stateRangePage('cc', 'a', 'z', 2);
        expect(() => simulate(simulator => [write(simulator), page(simulator)])).toThrow(
            'txid [read]: unsuppored transaction. Paginated queries are supported only in a read-only transaction',
        );
        expect(() => simulate(simulator => [page(simulator), write(simulator)])).toThrow(
            'txid [read]: unsuppored transaction. Transaction has already performed a paginated query. Writes are not allowed',
        );
    });

    it('refuses rich queries', () => {
        expect(() => simulate(simulator => simulator.richQuery())).toThrow('ExecuteQuery not supported for leveldb');
    });

    it("asks for the chaincode's policy where a key without one of its own is written, or nothing is", () => {
        const own = { namespace: 'cc', policyRequired: true, keyPolicies: [], collections: [] };
        expect(simulate(simulator => simulator.putState('cc', 'new', value('v'))).touched).toEqual([own]);
        expect(simulate(simulator => simulator.getState('cc', 'a')).touched).toEqual([own]);
    });

    it("asks for a key's own policy alone where it has one", () => {
        const [touched] = simulate(simulator => {
            simulator.getState('cc', 'a');
            simulator.putState('cc', 'guarded', value('v'));
        }).touched;
        expect(touched).toMatchObject({ policyRequired: false, collections: [] });
        const [policy] = touched?.keyPolicies ?? [];
        expect(common.SignaturePolicyEnvelope.deserializeBinary(policy!).getIdentitiesList()).toHaveLength(2);
    });

    it("asks for a collection's policy, and says whether private values were read", () => {
        const write = (simulator: Simulator): void => simulator.putPrivateData('cc', 'book', 'k', value('v'));
        const read = (simulator: Simulator): unknown => simulator.getPrivateData('cc', 'book', 'private');
        const collections = (privateReads: boolean): object => ({ collections: [{ name: 'book', privateReads }] });
        expect(simulate(write).touched).toEqual([
            { namespace: 'cc', policyRequired: false, keyPolicies: [], ...collections(false) },
        ]);
        expect(simulate(simulator => [write(simulator), read(simulator)]).touched).toMatchObject([collections(true)]);
        expect(simulate(simulator => void read(simulator)).touched).toMatchObject([
            { policyRequired: true, ...collections(true) },
        ]);
    });
});
