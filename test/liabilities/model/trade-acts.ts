import { addDays } from '@poolproof/chaincode/domain';

import { clientOf } from './scene';
import { confirm, expire, file, place, settle, waiting, withdraw, wouldSettle } from './trading';
import { dealId, dollars, trust } from '../desk';
import { deposits } from './founding';

import type { Act } from './act';
import type { Amount, Asset, Day, Instruct } from '@poolproof/chaincode/domain';
import type { Ask } from './trading';
import type { Charge } from './table';
import type { Scene } from './scene';

type Terms = Omit<Instruct, 'side' | 'counterparty'>;

/** What institutions and the depository do about trades: likely and unlikely things, and some that are wrong in themselves. */
export class Trades {
    private readonly asks: Ask[] = [];
    private references = 0;

    constructor(private readonly scene: Scene) {}

    /** Two sides' instructions, now and then only one, or two that differ. */
    trade(): Act[] {
        const { random, traders } = this.scene;
        const kind = random.of(['transfer', 'transfer', 'pledge', 'pledge', 'release', 'enforce', 'issue'] as const);
        if (kind === 'issue') return [this.issueOrRedeem()];
        if (kind === 'enforce') return this.enforce();
        const released = kind === 'release' ? this.someCharge() : undefined;
        const deliverer = released?.lender ?? this.someTrader();
        const receiver = released?.pledgor ?? random.of(traders.filter(each => each !== deliverer));
        const plain = kind === 'release' ? 'transfer' : kind;
        const said = released ? this.releaseTerms(released) : this.terms(plain, deliverer);
        const [given, received] = this.sidesOf(said, deliverer, receiver);
        const acts = [this.instruct(deliverer, given)];
        if (random.oneIn(25)) return acts;
        acts.push(this.instruct(receiver, received));
        return random.oneIn(2) ? acts : acts.reverse();
    }

    /** Several trades of one institution, which it places together; of the others, each places its own together. */
    tradeTogether(): Act[] {
        const { random, traders } = this.scene;
        const owner = this.someTrader();
        const others = traders.filter(each => each !== owner);
        const words = random.times(2 + random.below(4), () => {
            const [other, delivers] = [random.of(others), random.oneIn(2)];
            const [deliverer, receiver] = delivers ? [owner, other] : [other, owner];
            const said = this.terms(random.oneIn(4) ? 'pledge' : 'transfer', deliverer);
            const [given, received] = this.sidesOf(said, deliverer, receiver);
            return { other, own: delivers ? given : received, others: delivers ? received : given };
        });
        const saidBy = (other: string) => words.filter(each => each.other === other).map(each => each.others);
        return [
            this.instructAll(
                owner,
                words.map(({ own }) => own),
            ),
            ...[...new Set(words.map(({ other }) => other))].map(other => this.instructAll(other, saidBy(other))),
        ];
    }

    /** Both sides' words of a trade, now and then two that differ. */
    private sidesOf(said: Terms, deliverer: string, receiver: string): [Instruct, Instruct] {
        const { random } = this.scene;
        const heard = random.oneIn(20) ? this.differing(said) : said;
        this.asks.push({ reference: said.reference, deliverer, receiver });
        return [
            { ...said, side: 'deliver', counterparty: receiver },
            // When its own word ends each side says for itself.
            {
                ...{ ...heard, partial: random.oneIn(2), side: 'receive', counterparty: deliverer },
                ...(random.oneIn(3) && { expiryDay: addDays(heard.settlementDay, random.below(15)) }),
            },
        ];
    }

    /** A pair or several, now and then a part of one, one that has settled before, or one that was never agreed. */
    settle(): Act | undefined {
        const { random } = this.scene;
        const recent = this.asks.slice(-25).filter(ask => this.isOpen(ask) || random.oneIn(8));
        if (recent.length === 0) return undefined;
        const count = random.oneIn(3) ? 1 + random.below(4) : 1;
        const pairs = random
            .times(count, () => this.likely(recent))
            .map(ask => {
                const part = { ...ask, quantity: BigInt(100 * (1 + random.below(200))) };
                return random.oneIn(5) ? part : random.oneIn(40) ? { ...ask, receiver: ask.deliverer } : ask;
            });
        return this.settling(pairs);
    }

    /** Mostly one that can settle by itself, else all would wait for chance. */
    private likely(asks: readonly Ask[]): Ask {
        const { random, table } = this.scene;
        const can = random.oneIn(4) ? [] : asks.filter(ask => wouldSettle(table, [ask]));
        return random.of(can.length > 0 ? can : asks);
    }

    /** One or two that can settle, if there are any. */
    settleLikely(): Act | undefined {
        const { random, table } = this.scene;
        const can = this.asks.slice(-40).filter(ask => wouldSettle(table, [ask]));
        if (can.length === 0) return undefined;
        return this.settling([...new Set(random.oneIn(4) ? [random.of(can), random.of(can)] : [random.of(can)])]);
    }

    settling(pairs: readonly Ask[]): Act {
        const { table } = this.scene;
        return {
            ...{ client: trust, transaction: 'settlement:settle', hidden: ['batch', { pairs }] },
            model: () => settle(table, pairs),
        };
    }

    cancel(): Act | undefined {
        const { table } = this.scene;
        const [owner, reference] = this.someWord() ?? [];
        if (owner === undefined || reference === undefined) return undefined;
        return {
            ...{ client: clientOf(owner), transaction: 'settlement:cancel', hidden: ['instruction', { reference }] },
            model: () => withdraw(table, owner, reference),
        };
    }

    confirmPayment(): Act | undefined {
        const { random, table } = this.scene;
        const outside = this.asks.slice(-40).filter(({ deliverer, reference }) => {
            return table.words.get(`${deliverer}|${reference}`)?.said.payment?.means === 'outside';
        });
        const ask = random.oneIn(8) || outside.length === 0 ? undefined : random.of(outside);
        const [owner, reference] = ask ? [ask.deliverer, ask.reference] : (this.someWord() ?? []);
        if (owner === undefined || reference === undefined) return undefined;
        const paymentReference = `wire-${random.below(1000)}`;
        const hidden = ['instruction', { reference, paymentReference }] as const;
        return {
            ...{ client: clientOf(owner), transaction: 'settlement:confirmPayment', hidden },
            model: () => confirm(table, owner, reference, paymentReference),
        };
    }

    /** Those that are over, now and then one that is not. */
    expire(): Act | undefined {
        const { random, table } = this.scene;
        const over = waiting(table).over.filter(() => random.oneIn(2));
        const word = random.oneIn(10) ? this.someWord() : undefined;
        return this.expiring([...over, ...(word ? [word.join('|')] : [])]);
    }

    expiring(names: readonly string[]): Act | undefined {
        return this.named('settlement:expire', 'expired', names, () => expire(this.scene.table, names));
    }

    file(): Act | undefined {
        const { random, table } = this.scene;
        const closed = waiting(table)
            .closed.slice(-30)
            .filter(() => random.oneIn(3));
        const word = random.oneIn(10) ? this.someWord() : undefined;
        return this.filing([...closed, ...(word ? [word.join('|')] : [])]);
    }

    filing(names: readonly string[]): Act | undefined {
        return this.named('settlement:file', 'closed', names, () => file(this.scene.table, names));
    }

    /** Dollars from bank B for somebody, or into the deal's account by way of the servicer: issued, handed on and settled in one batch. */
    provide(to: string, quantity: bigint, account?: string): Act[] {
        const { table } = this.scene;
        const by = account === undefined ? [to] : ['bank-a', to];
        const owners = ['bank-b', ...by.filter(each => each !== 'bank-b')];
        const days = { settlementDay: table.day as Day, expiryDay: addDays(table.day as Day, 30) };
        const said = () => ({ reference: this.nextReference(), asset: dollars, quantity: quantity as Amount, ...days });
        const issued = { ...said(), kind: 'issue', side: 'deliver', counterparty: 'bank-b' } as const;
        const acts = [this.instruct('bank-b', issued)];
        const asks: Ask[] = [{ reference: issued.reference, deliverer: 'bank-b', receiver: 'bank-b' }];
        owners.slice(1).forEach((receiver, i) => {
            const deliverer = owners[i] as string;
            const transfer = { ...said(), kind: 'transfer' } as const;
            const credited = account !== undefined && receiver === to ? { account } : {};
            acts.push(this.instruct(deliverer, { ...transfer, side: 'deliver', counterparty: receiver }));
            acts.push(this.instruct(receiver, { ...transfer, ...credited, side: 'receive', counterparty: deliverer }));
            asks.push({ reference: transfer.reference, deliverer, receiver });
        });
        return [...acts, this.settling(asks)];
    }

    private named(transaction: string, field: string, names: readonly string[], model: () => boolean): Act | undefined {
        if (names.length === 0) return undefined;
        const instructions = names.map(name => {
            const [institution, reference] = name.split('|');
            return { institution, reference };
        });
        return { client: trust, transaction, hidden: [field, { instructions }], model };
    }

    private instruct(owner: string, said: Instruct): Act {
        return this.instructAll(owner, [said]);
    }

    private instructAll(owner: string, said: readonly Instruct[]): Act {
        const { random, table } = this.scene;
        const words = said.map(each => {
            const [flaw, asked] = random.oneIn(30) ? this.flawed(each, owner) : [undefined, each];
            return { flaw, asked };
        });
        const hidden = ['instructions', words.map(({ asked }) => asked)] as const;
        return {
            ...{ client: clientOf(owner), transaction: 'settlement:instruct', hidden },
            model: () => place(table, owner, words),
        };
    }

    private issueOrRedeem(): Act {
        const { random, table } = this.scene;
        const asset = random.of(deposits);
        const owner = asset.split(':')[2] ?? '';
        const reference = this.nextReference();
        const quantity = BigInt(1 + random.below(300_000)) as Amount;
        const days = { settlementDay: table.day as Day, expiryDay: addDays(table.day as Day, random.below(4)) };
        const kind = random.of(['issue', 'issue', 'redeem'] as const);
        this.asks.push({ reference, deliverer: owner, receiver: owner });
        const partial = random.oneIn(2);
        return this.instruct(owner, {
            reference,
            kind,
            asset,
            quantity,
            partial,
            ...days,
            side: 'deliver',
            counterparty: owner,
        });
    }

    /** A lender takes what was pledged to it, now and then too early, too much, or what was pledged to another. */
    private enforce(): Act[] {
        const { random, table, traders } = this.scene;
        const charge = this.someCharge(({ from }) => from !== undefined);
        if (charge === undefined) return [];
        const lender = random.oneIn(8) ? random.of(traders.filter(each => each !== charge.pledgor)) : charge.lender;
        const reference = this.nextReference();
        const day = table.day as Day;
        const said: Instruct = {
            ...{
                reference,
                kind: 'enforce' as const,
                side: 'deliver' as const,
                counterparty: lender,
                lien: charge.reference,
            },
            ...{ pledgor: charge.pledgor, asset: charge.asset as Asset, partial: true },
            quantity: (random.oneIn(3) ? this.quantityOf(charge.asset) : charge.left) as Amount,
            ...{ settlementDay: day, expiryDay: addDays(day, 5 + random.below(20)) },
        };
        this.asks.push({ reference, deliverer: lender, receiver: lender });
        return [this.instruct(lender, said)];
    }

    private terms(kind: 'transfer' | 'pledge', deliverer: string): Terms {
        const { random, table } = this.scene;
        const asset = random.oneIn(4) && kind === 'transfer' ? random.of(deposits) : this.notesOf(deliverer);
        const day = addDays(table.day as Day, random.below(5) - 3);
        const later = kind === 'pledge' && random.oneIn(2) ? addDays(day, random.below(12)) : undefined;
        return {
            ...{ reference: this.nextReference(), kind, asset, quantity: this.quantityOf(asset) },
            ...{ payment: this.payment(), partial: random.oneIn(2) },
            ...{ settlementDay: day, expiryDay: addDays(day, random.below(15)) },
            ...(later && { enforceableFrom: later }),
        };
    }

    private releaseTerms({ asset, left, reference }: Charge & { reference: string }): Terms {
        const { random, table } = this.scene;
        const day = table.day as Day;
        return {
            ...{ reference: this.nextReference(), kind: 'release', asset: asset as Asset, lien: reference },
            ...{ quantity: (random.oneIn(3) ? this.quantityOf(asset) : left) as Amount, partial: random.oneIn(2) },
            ...(random.oneIn(2) && { payment: this.payment() }),
            ...{ settlementDay: day, expiryDay: addDays(day, random.below(15)) },
        };
    }

    private payment(): Instruct['payment'] {
        const { random } = this.scene;
        const amount = BigInt(1 + random.below(90_000)) as Amount;
        const means = random.below(10);
        if (means < 4) return undefined;
        return means < 9
            ? { means: 'deposit', asset: random.oneIn(2) ? dollars : random.of(deposits), amount }
            : { means: 'outside', currency: 'USD', amount };
    }

    /** The other side remembers something else. */
    private differing(said: Terms): Terms {
        const { random } = this.scene;
        return random.of<Terms>([
            { ...said, quantity: (said.quantity + 100n) as Amount },
            { ...said, settlementDay: addDays(said.settlementDay, -1) },
            { ...said, payment: { means: 'deposit', asset: dollars, amount: 7n as Amount } },
            said.kind === 'transfer' ? { ...said, asset: 'cash:EUR:bank-b' } : { ...said, asset: this.notes() },
            said.kind === 'release' ? { ...said, lien: 'another' } : { ...said, quantity: 1n as Amount },
            said.kind === 'pledge'
                ? { ...said, enforceableFrom: said.settlementDay }
                : { ...said, quantity: 2n as Amount },
        ]);
    }

    /** The same with something wrong in itself, by name. */
    private flawed(said: Instruct, owner: string): [string, Instruct] {
        const {
            lien: _lien,
            pledgor: _pledgor,
            enforceableFrom: _from,
            ...transfer
        } = { ...said, kind: 'transfer' as const };
        const other = owner === 'fund' ? 'pension' : 'fund';
        const bought = { means: 'deposit', asset: dollars, amount: 1n as Amount } as const;
        const plain = { ...transfer, counterparty: other };
        return this.scene.random.of<[string, Instruct]>([
            ['nobody else', { ...transfer, counterparty: owner }],
            ['over before it begins', { ...plain, expiryDay: addDays(said.settlementDay, -1) }],
            ['a pledge of cash', { ...plain, kind: 'pledge', asset: dollars }],
            ['a release of nothing', { ...plain, kind: 'release' }],
            ['a transfer of a lien', { ...plain, lien: 'any' }],
            ['a transfer to be enforced', { ...plain, enforceableFrom: said.settlementDay }],
            ['out of the deal’s account', { ...plain, asset: dollars, side: 'deliver', account: dealId }],
            [
                'paid from the deal’s account',
                { ...plain, asset: dollars, side: 'receive', account: dealId, payment: bought },
            ],
            ['notes for the deal’s account', { ...plain, asset: this.notes(), side: 'receive', account: dealId }],
            [
                'an issue of another’s deposit',
                { ...transfer, kind: 'issue', asset: `cash:USD:${other}`, counterparty: owner },
            ],
            [
                'an enforcement against itself',
                { ...transfer, kind: 'enforce', asset: this.notes(), lien: 'any', pledgor: owner, counterparty: owner },
            ],
        ]);
    }

    /** A charge that stands, now and then as if it were somebody else's. */
    private someCharge(wanted: (charge: Charge) => boolean = () => true) {
        const { random, table, traders } = this.scene;
        const standing = [...table.charges].filter(([, charge]) => charge.left > 0n && wanted(charge));
        if (standing.length === 0) return undefined;
        const [key, charge] = random.of(standing);
        const [pledgor = '', reference = ''] = key.split('|');
        const lender = random.oneIn(10) ? random.of(traders.filter(each => each !== pledgor)) : charge.lender;
        return { ...charge, lender, pledgor, reference };
    }

    /** Mostly one who has notes to give. */
    private someTrader(): string {
        const { random, table, traders } = this.scene;
        const holding = traders.filter(owner =>
            [...table.classes.keys()].some(asset => table.amount(owner, asset) > 0n),
        );
        return random.of(holding.length === 0 || random.oneIn(4) ? traders : holding);
    }

    private someWord(): [string, string] | undefined {
        const { random } = this.scene;
        const recent = this.asks.slice(-25);
        if (recent.length === 0) return undefined;
        const { reference, deliverer, receiver } = random.of(recent);
        return [random.of([deliverer, receiver]), reference];
    }

    private isOpen({ reference, deliverer }: Ask): boolean {
        return this.scene.table.words.get(`${deliverer}|${reference}`)?.status === 'open';
    }

    /** Of a class that somebody holds, where it holds any. */
    private notesOf(owner: string): Asset {
        const { random, table } = this.scene;
        const held = [...table.classes.keys()].filter(asset => table.amount(owner, asset) > 0n);
        return held.length === 0 || random.oneIn(12) ? this.notes() : (random.of(held) as Asset);
    }

    private notes(): Asset {
        return this.scene.random.of([...this.scene.table.classes.keys()]) as Asset;
    }

    private quantityOf(asset: string): Amount {
        const { random, table } = this.scene;
        const wild = BigInt(1 + random.below(90_000));
        const { minimum, increment } = table.classes.get(asset) ?? { minimum: 1n, increment: 1n };
        const whole = minimum + increment * BigInt(random.below(asset.startsWith('cash:') ? 200_000 : 30));
        return (random.oneIn(8) ? wild : whole) as Amount;
    }

    /** A new one, now and then one that is taken. */
    private nextReference(): string {
        const { random } = this.scene;
        if (this.references > 10 && random.oneIn(60)) return `r${this.references - random.below(10)}`;
        this.references += 1;
        return `r${this.references}`;
    }
}
