import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';

import { cashOf } from '@poolproof/chaincode/domain';
import { PrivateValue, SettlementAgent } from '@poolproof/gateway';

import { cash as dollars } from '../setting/founding';
import { blocksSoFar, Conservation } from '../setting/conservation';
import { collected } from '../setting/collected';
import { issueCash, withdrawAll } from '../setting/transfer';
import { place as placeInModel, settle as settleInModel } from '../liabilities/model/trading';
import { Random, seedOfRun } from '../setting/random';
import { setStage } from '../setting/stage';
import { Table } from '../liabilities/model/table';

import type { Amount, Asset, Day, Instruct } from '@poolproof/chaincode/domain';
import type { EmbeddedNetwork } from '@poolproof/network';
import type { LedgerBlock, PrivateWrite } from '@poolproof/gateway';
import type { MemberId } from '../setting/cast';
import type { Stage } from '../setting/stage';

const euros = cashOf('EUR', 'bank-b');
const everybody = ['bank-a', 'bank-b', 'fund', 'trust'] as const;

/** Dollars against euros, both deposits with bank B: the rules are those of notes against cash. */
describe('settlement', () => {
    let stage: Stage;
    let today: Day;

    beforeAll(async () => {
        stage = await setStage();
        const [system] = await stage.cast.trust.holdings.days();
        today = system?.day as Day;
        const known = (await stage.cast.trust.holdings.deposits()).map(({ asset }) => asset);
        if (!known.includes(euros)) await stage.cast.trust.holdings.openDeposit({ currency: 'EUR', bank: 'bank-b' });
        await issueCash(stage.cast, 'bank-b', 1_000_000n as Amount, today);
        await issue(euros, 1_000_000n);
    });
    afterAll(() => stage.close());
    afterEach(async () => {
        for (const { asset, outstanding } of await stage.cast.regulator.holdings.deposits())
            expect([asset, await heldByAll(asset)]).toEqual([asset, outstanding]);
    });

    async function issue(asset: Asset, quantity: bigint): Promise<void> {
        await place('bank-b', 'deliver', 'bank-b', { kind: 'issue', asset, quantity: quantity as Amount });
        await new SettlementAgent(stage.cast.trust.settlements).round();
    }

    async function place(
        by: MemberId,
        side: 'deliver' | 'receive',
        counterparty: MemberId,
        given: Partial<Instruct>,
    ): Promise<string> {
        const reference = given.reference ?? `t-${randomBytes(6).toString('hex')}`;
        const common = { kind: 'transfer', asset: dollars, settlementDay: today, expiryDay: today } as const;
        const quantity = 1_000n as Amount;
        await stage.cast
            .desk(by)
            .settlements.instruct({ ...common, quantity, ...given, reference, side, counterparty });
        return reference;
    }

    async function agree(from: MemberId, to: MemberId, given: Partial<Instruct> = {}) {
        const reference = await place(from, 'deliver', to, given);
        await place(to, 'receive', from, { ...given, reference });
        return { reference, deliverer: from, receiver: to };
    }

    async function held(id: MemberId, asset: Asset = dollars): Promise<bigint> {
        const { holdings } = await stage.cast.regulator.holdings.book(id);
        return holdings.find(holding => holding.asset === asset && holding.account === 'own')?.free ?? 0n;
    }

    async function heldByAll(asset: Asset): Promise<bigint> {
        let sum = 0n;
        for (const id of everybody)
            for (const holding of (await stage.cast.regulator.holdings.book(id)).holdings)
                if (holding.asset === asset) sum += holding.free + holding.pledged;
        return sum;
    }

    async function statusOf(id: MemberId, reference: string): Promise<string | undefined> {
        const { holdings } = stage.cast.regulator;
        const all = [...(await holdings.book(id)).instructions, ...(await collected(holdings.closed(id)))];
        return all.find(each => each.reference === reference)?.status;
    }

    const settle = (...pairs: Awaited<ReturnType<typeof agree>>[]) => stage.cast.trust.settlements.settle({ pairs });

    it('moves both legs in one transaction, signed by the depository alone', async () => {
        await settle(await agree('bank-b', 'fund', { quantity: 50_000n as Amount }));
        const [before, euroBefore] = [await held('fund'), await held('fund', euros)];
        const payment = { means: 'deposit', asset: euros, amount: 900n as Amount } as const;
        const { endorsedBy } = await settle(await agree('fund', 'bank-b', { payment }));
        expect(endorsedBy).toEqual(['TrustMSP']);
        expect(await held('fund')).toBe(before - 1_000n);
        expect(await held('fund', euros)).toBe(euroBefore + 900n);
    });

    it('sells a holding to one of two buyers who are settled at the same moment', async () => {
        const all = await held('fund');
        const first = await agree('fund', 'bank-a', { quantity: all as Amount });
        const second = await agree('fund', 'bank-b', { quantity: all as Amount });
        const outcomes = await Promise.allSettled([settle(first), settle(second)]);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
            reason: { code: 'HOLDING_SHORT' },
        });
        expect(await held('fund')).toBe(0n);
        const statuses = await Promise.all([first, second].map(({ reference }) => statusOf('fund', reference)));
        expect(statuses.sort()).toEqual(['placed', 'settled']);
    });

    it('settles an instruction once, however many match it at the same moment', async () => {
        const before = await held('fund');
        const pair = await agree('bank-b', 'fund');
        const outcomes = await Promise.allSettled([settle(pair), settle(pair), settle(pair)]);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        for (const outcome of outcomes)
            if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'INSTRUCTION_NOT_OPEN' });
        expect(await held('fund')).toBe(before + 1_000n);
    });

    it('either settles or withdraws an instruction when both are asked at once', async () => {
        const before = await held('fund');
        const pair = await agree('bank-b', 'fund');
        const [settled, cancelled] = await Promise.allSettled([
            settle(pair),
            stage.cast.fund.settlements.cancel({ reference: pair.reference }),
        ]);
        expect([settled.status, cancelled.status].sort()).toEqual(['fulfilled', 'rejected']);
        expect(await held('fund')).toBe(before + (settled.status === 'fulfilled' ? 1_000n : 0n));
    });

    it('settles one and withdraws another of those placed together, also when both are asked at once', async () => {
        const before = await held('fund');
        const common = { kind: 'transfer', asset: dollars, settlementDay: today, expiryDay: today } as const;
        const [kept, other] = ['kept', 'other'].map(name => `${name}-${randomBytes(6).toString('hex')}`);
        if (kept === undefined || other === undefined) throw new Error('two were named');
        const said = [kept, other].map(reference => ({ ...common, quantity: 1_000n as Amount, reference }));
        const { bankB, fund, trust } = stage.cast;
        await bankB.settlements.instructAll(
            said.map(each => ({ ...each, side: 'deliver', counterparty: 'fund' }) as const),
        );
        await fund.settlements.instructAll(
            said.map(each => ({ ...each, side: 'receive', counterparty: 'bank-b' }) as const),
        );
        const { pairs } = await trust.settlements.pending();
        const pair = pairs.find(({ reference }) => reference === kept);
        expect(pair?.sheets).toBeDefined();
        const both = [
            trust.settlements.settle({ pairs: pair ? [pair] : [] }),
            fund.settlements.cancel({ reference: other }),
        ];
        const outcomes = await Promise.all<{ endorsedBy: readonly string[] }>(both);
        expect(outcomes.map(({ endorsedBy }) => endorsedBy)).toEqual([['TrustMSP'], ['TrustMSP']]);
        expect(await held('fund')).toBe(before + 1_000n);
        expect([await statusOf('fund', kept), await statusOf('fund', other)]).toEqual(['settled', 'cancelled']);
        expect([await statusOf('bank-b', kept), await statusOf('bank-b', other)]).toEqual(['settled', 'placed']);
        await bankB.settlements.cancel({ reference: other });
    });

    it('refuses a buyer short of cash, a suspended seller and an expired instruction, and moves nothing', async () => {
        const before = await Promise.all(everybody.map(id => held(id)));
        const dear = { means: 'deposit', asset: euros, amount: 10_000_000n as Amount } as const;
        await expect(settle(await agree('bank-b', 'fund', { payment: dear }))).rejects.toMatchObject({
            code: 'HOLDING_SHORT',
        });

        const pair = await agree('bank-b', 'fund');
        const standing = { institution: 'bank-b', clearedUntil: '2099-12-31' as Day };
        const categories = ['qualified-institutional'];
        const { holdings } = stage.cast.trust;
        await holdings.file({ ...standing, categories, suspended: true });
        await expect(settle(pair)).rejects.toMatchObject({ code: 'INSTITUTION_NOT_ACTIVE' });
        await holdings.file({ ...standing, categories, suspended: false });

        const past = '2000-01-01' as Day;
        const expired = await agree('bank-b', 'fund', { settlementDay: past, expiryDay: past });
        await expect(settle(expired)).rejects.toMatchObject({ code: 'INSTRUCTION_EXPIRED' });
        expect(await Promise.all(everybody.map(id => held(id)))).toEqual(before);
    });

    it('refuses a batch whole when one of its pairs cannot settle', async () => {
        const good = await agree('bank-b', 'fund');
        const bad = await agree('bank-b', 'fund', { quantity: 100_000_000_000_000n as Amount });
        await expect(settle(good, bad)).rejects.toMatchObject({ code: 'HOLDING_SHORT' });
        expect(await statusOf('bank-b', good.reference)).toBe('placed');
    });

    it('... and leaves nothing of a book on the peers of others, nor in the blocks', async () => {
        if (!('laboratory' in stage.network)) return;
        const { laboratory } = stage.network as EmbeddedNetwork;
        const reference = await place('fund', 'deliver', 'bank-a', {});
        const file = join(await mkdtemp(join(tmpdir(), 'poolproof-')), 'dump');
        await laboratory.dump(file);
        const content = gunzipSync(await readFile(file));
        await rm(dirname(file), { recursive: true });
        // First the blocks, then every peer's own records under its name.
        const starts = stage.network.peers().map(({ name, mspId }) => ({ mspId, at: content.lastIndexOf(name) }));
        const found = [{ mspId: 'blocks', at: 0 }, ...starts]
            .sort((a, b) => a.at - b.at)
            .filter(({ at }, i, all) => content.subarray(at, all[i + 1]?.at).includes(reference))
            .map(({ mspId }) => mspId);
        expect(found.sort()).toEqual(['FundMSP', 'RegulatorMSP', 'TrustMSP']);
    });

    it('... and one cent that is missing in one book after one transaction would be noticed', async () => {
        const blocks: LedgerBlock[] = [];
        for await (const block of blocksSoFar(stage.cast.regulator)) blocks.push(block);
        const follow = (all: readonly LedgerBlock[]) => {
            const conservation = new Conservation();
            for (const block of all) conservation.follow(block);
            return conservation.counted;
        };
        expect(follow(blocks)).toBeGreaterThan(4);
        const moving = blocks.filter(block =>
            block.transactions.some(({ call }) => call?.privateWrites.some(isHolding) ?? false),
        );
        for (const one of [moving.at(0), moving.at(-1)]) {
            const altered = blocks.map(block => (block === one ? withCentMissing(block) : block));
            expect(() => follow(altered)).toThrow(/^after settlement:settle .* is outstanding$/);
        }
    });

    const seed = seedOfRun();
    it(`does what a plain model does with 30 random trades (POOLPROOF_SEED=${seed})`, async () => {
        const random = new Random(seed);
        const model = new Table('none', today);
        const file = { clearedUntil: today, categories: [], suspended: false, paidOutside: false };
        for (const id of everybody) model.files.set(id, file);
        for (const id of everybody)
            for (const asset of [dollars, euros]) model.add(`${id}|own|${asset}|free`, await held(id, asset));
        const trades: Awaited<ReturnType<typeof agree>>[] = [];
        let settled = 0;
        for (let step = 0; step < 30; step++) {
            const from = random.of(everybody);
            const to = random.of(everybody.filter(id => id !== from));
            const [asset, other] = random.of([
                [dollars, euros],
                [euros, dollars],
            ] as const);
            const amount = (): Amount => BigInt(1 + random.below(60_000)) as Amount;
            const payment = random.oneIn(2)
                ? ({ means: 'deposit', asset: other, amount: amount() } as const)
                : undefined;
            const said = { asset, quantity: amount(), ...(payment && { payment }) };
            const trade = await agree(from, to, said);
            trades.push(trade);
            const word = { ...said, kind: 'transfer', settlementDay: today, expiryDay: today } as const;
            const { reference } = trade;
            placeInModel(model, from, [{ asked: { ...word, reference, side: 'deliver', counterparty: to } }]);
            placeInModel(model, to, [{ asked: { ...word, reference, side: 'receive', counterparty: from } }]);
            const batch = [trade, ...(random.oneIn(2) ? [random.of(trades)] : [])];
            const refusal = await settle(...batch).then(
                () => undefined,
                (error: Error) => error.message,
            );
            expect([step, refusal === undefined, refusal]).toEqual([step, settleInModel(model, batch), refusal]);
            if (refusal === undefined) settled += 1;
        }
        for (const id of everybody)
            for (const asset of [dollars, euros])
                expect([id, asset, await held(id, asset)]).toEqual([id, asset, model.amount(id, asset)]);
        expect(settled).toBeGreaterThan(0);
    });

    describe('by the depository’s agent', () => {
        beforeEach(() => withdrawAll(stage.cast, everybody));

        it('settles what can settle, and says why the rest cannot', async () => {
            await new SettlementAgent(stage.cast.trust.settlements).round();
            const good = await agree('bank-b', 'fund');
            const bad = await agree('bank-b', 'fund', { quantity: 100_000_000_000_000n as Amount });
            const { settled, refused } = await new SettlementAgent(stage.cast.trust.settlements).round();
            expect(settled).toContainEqual(good);
            expect(refused).toContainEqual({ pair: bad, code: 'HOLDING_SHORT' });
            await stage.cast.fund.settlements.cancel({ reference: bad.reference });
        });

        it('settles each trade once when two agents are at it', async () => {
            const before = await held('fund');
            for (let i = 0; i < 5; i++) await agree('bank-b', 'fund');
            const agents = [2, 3].map(most => new SettlementAgent(stage.cast.trust.settlements, most));
            const rounds = await Promise.all(agents.map(agent => agent.round()));
            expect(await held('fund')).toBe(before + 5_000n);
            expect(rounds.reduce((sum, { settled }) => sum + settled.length, 0)).toBe(5);
        });

        it('goes on where it was when its answer was lost', async () => {
            const before = await held('fund');
            const pair = await agree('bank-b', 'fund');
            const { settlements } = stage.cast.trust;
            const requestId = `lost-${pair.reference}`;
            const first = await settlements.settle({ pairs: [pair] }, { requestId });
            // The agent crashed before it learned this; it asks again, and so does one that has forgotten everything.
            const again = await settlements.settle({ pairs: [pair] }, { requestId });
            expect(again.answer).toEqual(first.answer);
            const { settled } = await new SettlementAgent(settlements).round();
            expect(settled).not.toContainEqual(pair);
            expect(await held('fund')).toBe(before + 1_000n);
        });

        it('runs until it is told to stop', async () => {
            const stop = new AbortController();
            const pair = await agree('bank-b', 'fund');
            const seen: string[] = [];
            await new SettlementAgent(stage.cast.trust.settlements).run({
                pause: 5,
                signal: stop.signal,
                tell: ({ settled }) => {
                    seen.push(...settled.map(({ reference }) => reference));
                    if (seen.includes(pair.reference)) stop.abort();
                },
            });
            expect(seen).toContain(pair.reference);
        });
    });
});

/** The same block with a cent less in every holding that it writes first. */
function withCentMissing(block: LedgerBlock): LedgerBlock {
    const transactions = block.transactions.map(transaction => {
        const { call } = transaction;
        const holding = call?.privateWrites.find(isHolding);
        if (!call || !holding) return transaction;
        const privateWrites = call.privateWrites.map(each => (each === holding ? less(each) : each));
        return { ...transaction, call: { ...call, privateWrites } };
    });
    return { ...block, transactions };
}

function isHolding({ content }: PrivateWrite): boolean {
    return content?.key.noun === 'holding';
}

function less(write: PrivateWrite): PrivateWrite {
    const { content } = write;
    if (content?.value === undefined) throw new Error('a holding is written, never deleted');
    const { value, ...record } = content.value.json() as { value: { free: string } };
    const changed = { ...record, value: { ...value, free: `${BigInt(value.free) - 1n}` } };
    return { ...write, content: { ...content, value: new PrivateValue(Buffer.from(JSON.stringify(changed))) } };
}
