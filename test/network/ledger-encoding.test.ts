import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledger } from '@hyperledger/fabric-protos';
import {
    OrderedBlock,
    parseSignaturePolicy,
    PolicyError,
    writeDefinition,
} from '@poolproof/network/dist/embedded/ledger';
import { BlockUpdates } from '@poolproof/network/dist/embedded/ledger/block-updates';
import { commitHash } from '@poolproof/network/dist/embedded/ledger/commit-hash';
import { sha256 } from '@poolproof/network/dist/embedded/ledger/digest';
import type { NamespaceSet } from '@poolproof/network/dist/embedded/ledger/namespace-set';
import { RangeQuery, ReadWriteSet } from '@poolproof/network/dist/embedded/ledger/read-write-set';
import { ledgerKey, WorldState } from '@poolproof/network/dist/embedded/ledger/world-state';

interface Vectors {
    readonly source: string;
    readonly ranges: readonly { rows: number; exhausted: boolean; bytes?: string; sha256?: string }[];
    readonly simulation: { readonly public: string; readonly private: string };
    readonly commitHash: string;
    readonly headers: readonly { number: number; hash: string }[];
    readonly dataHash: string;
    readonly policies: readonly { text: string; bytes: string }[];
    readonly definition: Readonly<Record<string, string>>;
}

const vectors = JSON.parse(readFileSync(join(__dirname, '../../vectors/fabric-encoding.json'), 'utf8')) as Vectors;

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const bytesOf = (text: string): Uint8Array => Buffer.from(text);

/** A range query over so many rows, as the vectors were made. */
function rangeOver(rows: number, exhausted: boolean): RangeQuery {
    const query = new RangeQuery('row', 'row~');
    for (let row = 0; row < rows; row++) {
        query.fetched(`row${String(row).padStart(6, '0')}`, { block: 7 + (row % 3), transaction: row });
    }
    if (exhausted) query.fetched(undefined);
    return query;
}

describe(`encoding, against ${vectors.source}`, () => {
    it.each(vectors.ranges)('records a range query of $rows rows, exhausted $exhausted', range => {
        const bytes = rangeOver(range.rows, range.exhausted).message().serializeBinary();
        if (range.bytes !== undefined) expect(hex(bytes)).toBe(range.bytes);
        else expect(sha256(bytes).toString('hex')).toBe(range.sha256);
    });

    it('encodes the read and write sets of a transaction', () => {
        const { publicSet, privateSet } = simulation().encode();
        expect(hex(publicSet)).toBe(vectors.simulation.public);
        expect(hex(privateSet)).toBe(vectors.simulation.private);
    });

    it('reads them back', () => {
        const message = ledger.rwset.TxReadWriteSet.deserializeBinary(simulation().encode().publicSet);
        expect(message.getNsRwsetList().map(set => set.getNamespace())).toEqual(['_lifecycle', 'another', 'cc']);
    });

    it('chains the commit hash', () => {
        const { VALID, MVCC_READ_CONFLICT } = { VALID: 0, MVCC_READ_CONFLICT: 11 } as const;
        const codes = [VALID, MVCC_READ_CONFLICT, VALID];
        expect(hex(commitHash(codes, updates(), sha256('previous')))).toBe(vectors.commitHash);
    });

    it.each(vectors.headers)('hashes the header of block $number', ({ number, hash }) => {
        const previous = number === 0 ? new Uint8Array() : sha256('previous');
        expect(hex(new OrderedBlock(number, previous, [bytesOf('one'), bytesOf('two')]).hash)).toBe(hash);
    });

    it('hashes the data of a block', () => {
        const block = new OrderedBlock(1, new Uint8Array(), [bytesOf('one'), bytesOf('two')]);
        expect(hex(block.dataHash)).toBe(vectors.dataHash);
    });

    it.each(vectors.policies)('reads the policy $text', ({ text, bytes }) => {
        expect(hex(parseSignaturePolicy(text).serializeBinary())).toBe(bytes);
    });

    it.each([
        "AND('BankAMSP.peer'",
        "AND('BankAMSP.peer') OR",
        "MAYBE('BankAMSP.peer')",
        "OR('BankAMSP')",
        "OR('BankAMSP.boss')",
        "OutOf(4, 'A.peer', 'B.peer')",
        "OutOf(two, 'A.peer')",
        '',
    ])('refuses the policy %s', text => {
        expect(() => parseSignaturePolicy(text)).toThrow(PolicyError);
    });

    it('writes a chaincode definition', () => {
        const state = new Map<string, Uint8Array>();
        writeDefinition(
            {
                getState: (_namespace, key) => state.get(key),
                putState: (_namespace, key, value) => void state.set(key, value),
            },
            {
                name: 'cc',
                version: '1.0',
                sequence: 3,
                endorsement: '/Channel/Application/Endorsement',
                collections: [
                    {
                        name: 'tape',
                        policy: "OR('BankAMSP.member','TrustMSP.member')",
                        requiredPeerCount: 1,
                        maxPeerCount: 3,
                        blockToLive: 2,
                        memberOnlyRead: true,
                        memberOnlyWrite: true,
                        endorsementPolicy: { signaturePolicy: "AND('BankAMSP.peer','TrustMSP.peer')" },
                    },
                ],
            },
        );
        expect(Object.fromEntries([...state].map(([key, value]) => [key, hex(value)]))).toEqual(vectors.definition);
    });
});

/** The transaction of the vectors: reads, writes, metadata, private data and range queries, out of order. */
function simulation(): ReadWriteSet {
    const sets = new ReadWriteSet();
    const keys = ['z', 'é', '\u{1F600}', '\uFFFD', 'a', 'a\u0000b'];
    for (const [index, key] of keys.entries()) sets.read('cc', key, { block: 3, transaction: index });
    sets.read('cc', 'absent', undefined);
    sets.read('cc', 'first', { block: 0, transaction: 0 });
    sets.write('cc', 'z', bytesOf('last'));
    sets.write('cc', 'a', bytesOf('early'));
    sets.write('cc', 'a', bytesOf('late'));
    sets.write('cc', 'emptied', new Uint8Array());
    sets.write('cc', 'deleted', new Uint8Array());
    const policy = new Map([['VALIDATION_PARAMETER', bytesOf('policy')]]);
    sets.writeMetadata('cc', 'z', new Map([['other', bytesOf('x')], ...policy]));
    sets.writeMetadata('cc', 'cleared', new Map());
    sets.write('another', 'k', bytesOf('v'));
    sets.read('_lifecycle', 'namespaces/metadata/cc', { block: 1, transaction: 0 });
    for (const field of ['Sequence', 'EndorsementInfo', 'ValidationInfo', 'Collections']) {
        sets.read('_lifecycle', `namespaces/fields/cc/${field}`, { block: 1, transaction: 0 });
    }
    sets.readHash('cc', 'tape', 'seen', { block: 5, transaction: 6 });
    sets.readHash('cc', 'tape', 'unseen', undefined);
    sets.writePrivate('cc', 'tape', 'loan2', bytesOf('two'));
    sets.writePrivate('cc', 'tape', 'loan1', bytesOf('one'));
    sets.writePrivate('cc', 'tape', 'gone', new Uint8Array());
    sets.writePrivate('cc', 'tape', 'purged', new Uint8Array(), true);
    sets.writePrivateMetadata('cc', 'tape', 'loan1', policy);
    sets.writePrivate('cc', 'book', 'k', bytesOf('v'));
    sets.readHash('cc', 'watched', 'only-read', { block: 9, transaction: 1 });
    for (const range of [rangeOver(2, true), rangeOver(60, false), rangeOver(2, true)]) sets.range('cc', range);
    return sets;
}

/** The state updates of the vectors. */
function updates(): BlockUpdates {
    const all = new BlockUpdates(WorldState.empty);
    const set = (namespace: string, parts: Partial<NamespaceSet>): NamespaceSet => ({
        namespace,
        reads: [],
        ranges: [],
        writes: [],
        metadataWrites: [],
        collections: [],
        ...parts,
    });
    const hashed = (
        collection: string,
        writes: { key: string; value: Uint8Array | undefined }[],
    ): NamespaceSet['collections'][number] => ({
        collection,
        reads: [],
        writes: writes.map(({ key, value }) => ({
            key: sha256(key).toString('latin1'),
            value: value && sha256(value),
            purge: false,
        })),
        metadataWrites: [],
        privateSetHash: new Uint8Array(),
    });
    const one = [{ key: 'k1', value: bytesOf('v1') }];
    all.apply(set('cc', { writes: [{ key: 'b', value: bytesOf('vb') }] }), { block: 2, transaction: 300 });
    all.apply(set('cc', { writes: [{ key: 'a', value: bytesOf('va') }] }), { block: 2, transaction: 0 });
    all.apply(set('cc', { writes: [{ key: ledgerKey('\u{1F600}'), value: undefined }] }), {
        block: 70000,
        transaction: 1,
    });
    all.apply(set('other', { writes: [{ key: 'x', value: bytesOf('vx') }] }), { block: 2, transaction: 1 });
    const tape = hashed('tape', [...one, { key: 'k2', value: undefined }]);
    const version = { block: 2, transaction: 2 };
    all.apply(set('cc', { collections: [tape, hashed('book', one)] }), version);
    all.apply(set('zz', { collections: [hashed('book', one)] }), version);
    return all;
}
