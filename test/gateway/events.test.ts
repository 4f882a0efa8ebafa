import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

import { Database } from 'node-sqlite3-wasm';
import { connect, eventNames, FileStore, rowOf, SqlStore, toldAs } from '@poolproof/gateway';
import { openNetwork, readConsortium } from '@poolproof/network';

import { Random, seedOfRun } from '../setting/random';

import type { CheckpointStore, Connection, LedgerBlock, LedgerEvent, SqlSession } from '@poolproof/gateway';
import type { EmbeddedNetwork } from '@poolproof/network';

describe('what the ledger tells', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-events-'));
    const random = new Random(seedOfRun());
    let network: EmbeddedNetwork;
    let regulator: Connection;
    let trust: Connection;
    let fund: Connection;
    /** Ids of the transactions that confirmed somebody, in the ledger's order. */
    const confirmed: string[] = [];

    const desk = async (id: string, roles: string) => {
        const identity = await network.identity(id, 'desk', { 'poolproof.role': `${roles},admin` });
        return connect({ identity, peers: network.peers(id) });
    };
    const confirm = async (times: number) => {
        for (let i = 0; i < times; i++) {
            const { transactionId } = await regulator.institutions.confirm({ id: 'fund', roles: ['investor'] });
            confirmed.push(transactionId);
        }
    };
    beforeAll(async () => {
        network = await openNetwork('embedded', readConsortium(resolve('network/consortium.json')));
        [regulator, trust, fund] = [
            await desk('regulator', 'regulator'),
            await desk('trust', 'trustee,depository'),
            await desk('fund', 'investor'),
        ];
        await regulator.institutions.join({ id: 'regulator', name: 'Regulator', roles: ['regulator'] });
        await trust.institutions.join({ id: 'trust', name: 'Trust', roles: ['depository', 'trustee'] });
        await regulator.institutions
            .confirm({ id: 'trust', roles: ['depository', 'trustee'] })
            .then(({ transactionId }) => confirmed.push(transactionId));
        await fund.institutions.join({ id: 'fund', name: 'Fund', roles: ['investor'] });
        await confirm(8);
    });
    afterAll(async () => {
        for (const each of [regulator, trust, fund]) each.close();
        await network.close();
        rmSync(folder, { recursive: true });
    });

    it('has a name that this version knows, and the names are all that the contracts give', () => {
        const source = (folder: string) =>
            readdirSync(resolve('chaincode/src', folder), { withFileTypes: true })
                .filter(entry => entry.isFile())
                .map(({ name }) => readFileSync(resolve('chaincode/src', folder, name), 'utf8'))
                .join('\n');
        // By a contract, or by what the domain decides: `readonly type: 'DayObserved' | 'TriggerTripped'`.
        const decided = [...source('domain').matchAll(/readonly type: ((?:'\w+'(?: \| )?)+)/g)].map(
            ([, names]) => names,
        );
        const given = [...`${source('contracts')}${decided.join('\n')}`.matchAll(/'([A-Z]\w+)'/g)]
            .map(([, name = '']) => name)
            .filter(name => /(?:ed|id|un|wn|Outside)$/.test(name));
        expect([...new Set(given)].sort()).toEqual([...eventNames]);
    });

    it('is replayed from any block, and after any transaction, with its type', async () => {
        const stop = new AbortController();
        const all: LedgerEvent[] = [];
        for await (const event of fund.events({ signal: stop.signal })) {
            all.push(event);
            if (all.length === 12) stop.abort();
        }
        expect(all.map(({ name }) => name).slice(0, 4)).toEqual([
            ...['InstitutionJoined', 'InstitutionJoined', 'InstitutionConfirmed', 'InstitutionJoined'],
        ]);
        const [first, , third] = all;
        expect(toldAs(first!, 'InstitutionJoined')).toMatchObject({ id: 'regulator', mspId: 'RegulatorMSP' });
        expect(toldAs(first!, 'DealOpened')).toBeUndefined();
        const { value: again } = (await fund.events({ from: third!.blockNumber }).next()) as { value: LedgerEvent };
        expect(again).toEqual(third);
        const { value: next } = (await fund.events({ after: third! }).next()) as { value: LedgerEvent };
        expect(next).toEqual(all[3]);
    });

    /** The kinds of store, each with its effects: the ids that it was told, in their order. */
    const stores = {
        'a file': async () => {
            const store = await FileStore.open(join(folder, 'state.json'), { told: [] as string[] });
            return {
                store: store as CheckpointStore<unknown>,
                effect: (id: string, state: unknown) => void (state as { told: string[] }).told.push(id),
                told: () => Promise.resolve(store.state.told),
                close: () => undefined,
            };
        },
        'a database': async () => {
            const database = new Database(join(folder, 'told.db'));
            const session = sessionOn(database);
            await session.query('CREATE TABLE IF NOT EXISTS told (place INTEGER PRIMARY KEY, id TEXT)');
            return {
                store: (await SqlStore.open(session, 'test')) as CheckpointStore<unknown>,
                effect: (id: string, sql: unknown) =>
                    (sql as SqlSession).query('INSERT INTO told (id) VALUES ($1)', [id]),
                told: async () =>
                    (await session.query('SELECT id FROM told ORDER BY place')).rows.map(
                        row => (row as { id: string }).id,
                    ),
                close: () => database.close(),
            };
        },
    };

    it.each(Object.entries(stores))(
        'has its effect once in %s, whatever crashes, stops and starts again',
        async (_, openStore) => {
            let [crashes, restarts] = [0, 0];
            const work = confirm(10);
            for (let done = false; !done; restarts++) {
                const { store, effect, told, close } = await openStore();
                const stop = new AbortController();
                const crashing = {
                    position: () => store.position(),
                    advance: async (position: never, act: (transaction: unknown) => unknown) => {
                        await store.advance(position, act);
                        // The process ends right after the effect was kept, before the next event is asked for.
                        if (random.oneIn(5)) throw new Error('crash');
                    },
                };
                const applied = fund.applyEvents({
                    store: crashing,
                    signal: stop.signal,
                    on: {
                        InstitutionConfirmed: async ({ id }, transaction, { transactionId }) => {
                            expect(['trust', 'fund']).toContain(id);
                            await effect(transactionId, transaction);
                            // ... or after the effect, before it was kept.
                            if (random.oneIn(5)) throw new Error('crash');
                            if (confirmed.length >= 19 && transactionId === confirmed.at(-1)) stop.abort();
                        },
                    },
                });
                await applied.catch((error: Error) => {
                    expect(error.message).toBe('crash');
                    crashes++;
                });
                if (restarts === 2) await bounce('peer0.fund.example.com');
                await work;
                done = (await told()).length >= confirmed.length;
                close();
            }
            const { told, close } = await openStore();
            expect(await told()).toEqual(confirmed);
            expect(crashes).toBeGreaterThan(2);
            close();
        },
        60_000,
    );

    const bounce = async (name: string) => {
        await network.laboratory.stopPeer(name);
        await network.laboratory.startPeer(name);
    };

    it('goes on after its peer went away in the middle, and nothing is missed or told twice', async () => {
        const stop = new AbortController();
        const seen: string[] = [];
        const blocks: bigint[] = [];
        const last = confirmed.length;
        const following = (async () => {
            for await (const { name, transactionId } of fund.events({ signal: stop.signal }))
                if (name === 'InstitutionConfirmed' && seen.push(transactionId) === last + 6) stop.abort();
        })();
        const reading = (async () => {
            for await (const { number, transactions } of fund.blocks({ signal: stop.signal })) {
                blocks.push(number);
                if (transactions.some(({ transactionId }) => transactionId === confirmed[last + 5])) return;
            }
        })();
        await confirm(2);
        for (let i = 0; i < 2; i++) {
            await network.laboratory.stopPeer('peer0.fund.example.com');
            await confirm(1);
            await network.laboratory.startPeer('peer0.fund.example.com');
            await confirm(1);
        }
        await Promise.all([following, reading]);
        expect(seen).toEqual(confirmed);
        expect(blocks).toEqual(blocks.map((_, i) => BigInt(i)));
    }, 60_000);

    it('is given to one of two that follow under one name; the other is told and has changed nothing', async () => {
        const database = new Database();
        const session = sessionOn(database);
        await session.query('CREATE TABLE effect (id TEXT)');
        const [one, other] = [await SqlStore.open(session, 'same'), await SqlStore.open(session, 'same')];
        const effect = () => session.query("INSERT INTO effect VALUES ('x')");
        await one.advance({ blockNumber: 3n, transactionId: 'a' }, effect);
        await expect(other.advance({ blockNumber: 3n, transactionId: 'a' }, effect)).rejects.toThrow('has moved');
        await one.advance({ blockNumber: 4n }, effect);
        const late = await SqlStore.open(session, 'same');
        expect(await late.position()).toEqual({ blockNumber: 4n });
        await late.advance({ blockNumber: 5n, transactionId: 'c' }, effect);
        await expect(one.advance({ blockNumber: 5n, transactionId: 'c' }, effect)).rejects.toThrow('has moved');
        expect((await session.query('SELECT id FROM effect')).rows).toHaveLength(3);
        database.close();
    });

    it('is refused where a file is no store', async () => {
        writeFileSync(join(folder, 'broken.json'), '{ "state":');
        await expect(FileStore.open(join(folder, 'broken.json'), {})).rejects.toThrow('broken.json');
    });

    describe('block by block', () => {
        const all = async (connection: Connection, until: string): Promise<LedgerBlock[]> => {
            const blocks: LedgerBlock[] = [];
            for await (const block of connection.blocks()) {
                blocks.push(block);
                if (block.transactions.some(({ transactionId }) => transactionId === until)) break;
            }
            return blocks;
        };
        const callIn = (blocks: readonly LedgerBlock[], id: string) =>
            blocks.flatMap(({ transactions }) => transactions).find(({ transactionId }) => transactionId === id);

        it('shows who asked what, who signed, what was read and what was written, as typed rows', async () => {
            const blocks = await all(fund, confirmed[0] ?? '');
            const found = callIn(blocks, confirmed[0] ?? '');
            expect(found).toMatchObject({
                kind: 'call',
                valid: true,
                validationCode: 'VALID',
                creator: 'RegulatorMSP',
            });
            expect(Math.abs(Date.now() - (found?.time.getTime() ?? 0))).toBeLessThan(120_000);
            const { call } = found!;
            expect(call).toMatchObject({
                chaincode: 'poolproof',
                transaction: 'institution:confirm',
                event: { name: 'InstitutionConfirmed', payload: { id: 'trust' } },
            });
            expect(JSON.parse(call?.args[0] ?? '')).toMatchObject({ id: 'trust' });
            expect(call?.endorsedBy).toHaveLength(3);
            expect(call?.reads).toContainEqual(
                expect.objectContaining({ namespace: 'poolproof', noun: 'institution', id: ['trust'] }),
            );
            const rows = call?.writes.map(write => rowOf(write, 'institution')).filter(row => row !== undefined);
            expect(rows).toMatchObject([{ id: 'trust', mspId: 'TrustMSP', roles: ['depository', 'trustee'] }]);
            expect(blocks[0]?.transactions).toMatchObject([{ kind: 'configuration' }]);
            expect(blocks.slice(1).map(({ previousHash }) => previousHash)).toEqual(
                blocks.slice(1).map(() => expect.stringMatching(/^[0-9a-f]{64}$/) as string),
            );
        });

        it('shows private values to members alone, and prints them to nobody', async () => {
            const { transactionId } = await regulator.pledges.layKey();
            const [seen, hidden] = await Promise.all([all(trust, transactionId), all(fund, transactionId)]);
            const writes = callIn(seen, transactionId)?.call?.privateWrites ?? [];
            const outside = callIn(hidden, transactionId)?.call?.privateWrites ?? [];
            expect(outside.map(({ keyHash, valueHash }) => [keyHash, valueHash])).toEqual(
                writes.map(({ keyHash, valueHash }) => [keyHash, valueHash]),
            );
            expect(outside.every(({ content }) => content === undefined)).toBe(true);
            const key = writes.find(({ content }) => content?.key.noun === 'registry-key');
            expect(key).toMatchObject({ collection: 'pledges', deleted: false });
            const { value } = key?.content?.value?.json() as { value: { key: string } };
            expect(value.key).toMatch(/^[0-9a-f]{64}$/);
            const printed = [inspect(seen, { depth: 12 }), String(key?.content?.value), JSON.stringify(writes)];
            expect(printed.join()).not.toContain(value.key);
            expect(printed.join()).toContain('[private, ');
        });

        it('shows what was found invalid, and why', async () => {
            const desks = [await connectOnce(), await connectOnce()];
            const outcomes = await network.laboratory.oneBlock(async () => {
                const both = desks.map(each => each.institutions.confirm({ id: 'fund', roles: ['investor'] }));
                // Both are with the ordering service by then; the block is cut after this.
                await pause(500);
                return () => Promise.allSettled(both);
            });
            const settled = await outcomes();
            desks.forEach(each => each.close());
            const lost = settled.flatMap(each =>
                each.status === 'rejected' ? [each.reason as { transactionId: string }] : [],
            );
            expect(lost).toMatchObject([{ validationCode: 'MVCC_READ_CONFLICT' }]);
            const won = settled.flatMap(each => (each.status === 'fulfilled' ? [each.value.transactionId] : []));
            const blocks = await all(fund, lost[0]?.transactionId ?? '');
            const invalid = callIn(blocks, lost[0]?.transactionId ?? '');
            expect(invalid).toMatchObject({ valid: false, validationCode: 'MVCC_READ_CONFLICT' });
            expect(callIn(blocks, won[0] ?? '')?.valid).toBe(true);
        });

        const connectOnce = async () => {
            const identity = await network.identity('regulator', 'once', { 'poolproof.role': 'regulator,admin' });
            return connect({ identity, peers: network.peers('regulator'), attempts: 1 });
        };
    });
});

/** SQLite as a session: its parameters are named as PostgreSQL numbers them. */
function sessionOn(database: Database): SqlSession {
    return {
        query: (text, values = []) => {
            const named = Object.fromEntries(values.map((value, i) => [`$${i + 1}`, value as string]));
            return Promise.resolve({ rows: database.all(text, named) });
        },
    };
}
