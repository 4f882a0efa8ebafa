import { Refusal, addDays } from '@poolproof/chaincode/domain';

import { institutions, Market } from './market';
import { Model } from './model';
import { Random, seedOfRun } from '../setting/random';

import type { Amount, Asset, Distribution, Instruct, TrancheRecord } from '@poolproof/chaincode/domain';
import type { Ask, Player } from './market';
import type { ClassRules } from './model';

const dollars: Asset = 'cash:USD:bank';
const euros: Asset = 'cash:EUR:bank';
const senior: Asset = 'note:deal:A';
const junior: Asset = 'note:deal:B';

const rules: Readonly<Partial<Record<Asset, ClassRules>>> = {
    [senior]: { minimum: 1_000n, increment: 100n, lockedUntil: '2026-01-05' },
    [junior]: { minimum: 500n, increment: 500n, lockedUntil: '2026-01-12' },
};

const episodes = 40;
const steps = 750;
const seed = seedOfRun();

it(`finds no difference to a plain model in ${episodes * steps} random steps (POOLPROOF_SEED=${seed})`, () => {
    const random = new Random(seed);
    const counts: Record<string, number> = {};
    for (let episode = 0; episode < episodes; episode++) {
        const walk = new Walk(random, counts);
        for (let step = 0; step < steps; step++) walk.step();
    }
    // A walk that nothing comes of would prove nothing.
    for (const each of ['settled', 'refused', 'pledge', 'release', 'partial', 'batch', 'distributed', 'redeemed'])
        expect([each, (counts[each] ?? 0) > 4]).toEqual([each, true]);
});

interface Pledge {
    readonly reference: string;
    readonly lender: Player;
    readonly pledgor: Player;
    readonly asset: Asset;
    readonly quantity: Amount;
}

/** A market and its model, led the same random way. */
class Walk {
    private readonly market: Market;
    private readonly model = new Model(rules);
    private readonly trades: Ask[] = [];
    private references = 0;
    private periods = 0;

    constructor(
        private readonly random: Random,
        private readonly counts: Record<string, number>,
    ) {
        this.market = new Market([tranche(senior, 'A', 1_000_000n), tranche(junior, 'B', 200_000n)], [dollars, euros]);
        for (const player of institutions) this.model.cleared.set(player, '2026-06-30');
        this.endow('alpha', senior, 600_000n);
        this.endow('beta', senior, 400_000n);
        this.endow('gamma', junior, 200_000n);
        for (const player of institutions) for (const cash of [dollars, euros]) this.endow(player, cash, 500_000n);
    }

    step(): void {
        const { random } = this;
        const acts = [
            [10, () => this.trade()],
            [8, () => this.settle()],
            [2, () => this.withdraw()],
            [2, () => this.confirm()],
            [1, () => this.suspend()],
            [1, () => this.openDay()],
            [1, () => this.distribute()],
        ] as const;
        let point = random.below(acts.reduce((sum, [weight]) => sum + weight, 0));
        for (const [weight, act] of acts) {
            if (point < weight) {
                act();
                break;
            }
            point -= weight;
        }
        this.compare();
    }

    private count(name: string): void {
        this.counts[name] = (this.counts[name] ?? 0) + 1;
    }

    private endow(player: Player, asset: Asset, quantity: bigint): void {
        const to = { institution: player, account: 'own', part: 'free' } as const;
        this.market.issue([{ asset, quantity: quantity as Amount, from: 'issuer', to }]);
        this.model.add(player, asset, quantity);
    }

    /** Two sides' instructions, now and then only one, or two that differ. */
    private trade(): void {
        const { random } = this;
        const kind = random.of(['transfer', 'transfer', 'transfer', 'pledge', 'release', 'issue'] as const);
        if (kind === 'issue') return this.issueOrRedeem();
        const release = kind === 'release' ? this.someLien() : undefined;
        const deliverer = release?.lender ?? random.of(institutions);
        const receiver = release?.pledgor ?? random.of(institutions.filter(each => each !== deliverer));
        const reference = this.nextReference();
        const said = this.terms(reference, release ? 'release' : kind === 'release' ? 'transfer' : kind, release);
        this.place(deliverer, { ...said, side: 'deliver', counterparty: receiver });
        if (random.oneIn(20)) return;
        const heard = random.oneIn(15) ? { ...said, quantity: (said.quantity + 100n) as Amount } : said;
        this.place(receiver, { ...heard, partial: random.oneIn(2), side: 'receive', counterparty: deliverer });
        this.trades.push({ reference, deliverer, receiver });
    }

    /** A lien that stands, now and then as if it were somebody else's. */
    private someLien(): Pledge | undefined {
        const standing = [...this.model.liens].filter(([, { left }]) => left > 0n);
        if (standing.length === 0) return undefined;
        const [key, { lender, asset, left }] = this.random.of(standing);
        const [pledgor, reference = ''] = key.split('|') as [Player, string];
        const other = this.random.of(institutions.filter(each => each !== pledgor));
        return {
            ...{ pledgor, reference, asset: asset as Asset, quantity: left as Amount },
            lender: this.random.oneIn(8) ? other : (lender as Player),
        };
    }

    private terms(reference: string, kind: Instruct['kind'], release?: Pledge) {
        const { random } = this;
        const charge = kind !== 'transfer';
        const asset = release?.asset ?? random.of(charge ? [senior, junior] : [senior, senior, junior, dollars, euros]);
        const quantity = release && !random.oneIn(3) ? release.quantity : this.quantityOf(asset);
        const day = addDays(this.market.day, random.below(5) - 3);
        const amount = BigInt(1 + random.below(120_000)) as Amount;
        const payments: (Instruct['payment'] | undefined)[] = [
            undefined,
            { means: 'deposit', asset: asset === dollars ? euros : dollars, amount },
            { means: 'deposit', asset: asset === euros ? dollars : euros, amount },
            ...(random.oneIn(3) ? [{ means: 'outside', currency: 'USD', amount } as const] : []),
        ];
        return {
            ...{ reference, kind, asset, quantity, payment: random.of(payments), partial: random.oneIn(2) },
            ...{ settlementDay: day, expiryDay: addDays(day, random.below(15)), lien: release?.reference },
        };
    }

    private quantityOf(asset: Asset): Amount {
        const { random } = this;
        const wild = BigInt(1 + random.below(90_000));
        const { minimum, increment } = rules[asset] ?? { minimum: 1n, increment: 1n };
        const whole = minimum + increment * BigInt(random.below(300));
        return (random.oneIn(6) ? wild : whole) as Amount;
    }

    private issueOrRedeem(): void {
        const reference = this.nextReference();
        const kind = this.random.of(['issue', 'redeem'] as const);
        const asset = this.random.of([dollars, euros]);
        const quantity = BigInt(1 + this.random.below(100_000)) as Amount;
        const { day: settlementDay } = this.market;
        const side = { side: 'deliver', counterparty: 'bank' } as const;
        this.place('bank', { reference, kind, asset, quantity, settlementDay, expiryDay: settlementDay, ...side });
        this.trades.push({ reference, deliverer: 'bank', receiver: 'bank' });
    }

    private place(player: Player, said: Instruct): void {
        this.market.place(player, said);
        this.model.place(player, said);
    }

    /** One pair or several, sometimes a part of one, sometimes one that has settled before. */
    private settle(): void {
        const { random } = this;
        if (this.trades.length === 0) return;
        const recent = this.trades.slice(-25).filter(trade => this.isOpen(trade) || random.oneIn(8));
        if (recent.length === 0) return;
        const asks = Array.from({ length: random.oneIn(2) ? 1 + random.below(3) : 1 }, () => random.of(recent)).map(
            ask => (random.oneIn(4) ? { ...ask, quantity: BigInt(100 * (1 + random.below(200))) as Amount } : ask),
        );
        const known = asks.filter(({ reference, receiver }) => this.model.words.has(`${receiver}|${reference}`));
        if (known.length > 0) this.attempt(known);
    }

    private isOpen({ reference, deliverer }: Ask): boolean {
        return this.model.words.get(`${deliverer}|${reference}`)?.open ?? false;
    }

    private attempt(asks: readonly Ask[]): void {
        const before = new Map(this.model.amounts);
        const settles = this.model.settle(asks);
        const refusal = refusalOf(() => this.market.settle(asks));
        if (settles !== (refusal === undefined))
            throw new Error(`the model ${settles ? 'settles' : 'refuses'} where the market says ${refusal ?? 'yes'}`);
        this.count(settles ? 'settled' : 'refused');
        if (!settles) return;
        if (asks.length > 1) this.count('batch');
        for (const { reference, deliverer, quantity } of asks) {
            this.count(this.model.words.get(`${deliverer}|${reference}`)?.said.kind ?? '');
            if (quantity !== undefined) this.count('partial');
        }
        this.consented(before, asks);
    }

    /** Whoever's amounts have changed is a party to a pair of the batch, on its own instruction. */
    private consented(before: ReadonlyMap<string, bigint>, asks: readonly Ask[]): void {
        const parties = new Set(asks.flatMap(({ deliverer, receiver }) => [deliverer as string, receiver]));
        for (const [key, amount] of this.model.amounts) {
            if ((before.get(key) ?? 0n) === amount) continue;
            const [owner = ''] = key.split('|');
            if (!parties.has(owner)) throw new Error(`${owner} was moved without a word`);
        }
    }

    private withdraw(): void {
        if (this.trades.length === 0) return;
        const { reference, deliverer, receiver } = this.random.of(this.trades.slice(-25));
        const player = this.random.of([deliverer, receiver]);
        const word = this.model.words.get(`${player}|${reference}`);
        if (!word) return;
        const refusal = refusalOf(() => this.market.cancel(player, reference));
        if ((refusal === undefined) !== word.open) throw new Error(`withdrew though open is ${word.open}`);
        word.open = false;
    }

    private confirm(): void {
        if (this.trades.length === 0) return;
        const { reference, deliverer } = this.random.of(this.trades.slice(-25));
        const word = this.model.words.get(`${deliverer}|${reference}`);
        if (!word) return;
        const refusal = refusalOf(() => this.market.confirmPayment(deliverer, reference));
        const allowed = word.open && word.said.payment?.means === 'outside';
        if ((refusal === undefined) !== allowed) throw new Error(`confirmed though allowed is ${allowed}`);
        if (allowed) word.seen = true;
    }

    private suspend(): void {
        const player = this.random.of(institutions);
        const standing = this.market.standings.get(player);
        if (!standing) return;
        const suspended = this.random.oneIn(15);
        const clearedUntil = addDays(this.market.day, this.random.below(200) - 5);
        const active = !suspended;
        this.market.standings.set(player, { ...standing, suspended, active, clearedUntil });
        this.model.cleared.set(player, clearedUntil);
        if (suspended) this.model.suspended.add(player);
        else this.model.suspended.delete(player);
    }

    private openDay(): void {
        const day = addDays(this.market.day, 1 + this.random.below(3));
        this.model.open(day);
        this.market.day = day;
    }

    /** A payment on both classes to the holders of some recent evening; now and then the last one of a class. */
    private distribute(): void {
        const { random } = this;
        const recordDate = addDays(this.market.day, -random.below(5));
        if (recordDate < '2026-01-05' || this.market.tranches.every(({ status }) => status === 'redeemed')) return;
        const distributions = Object.fromEntries(
            this.market.tranches.map(each => [each.className, this.payment(each, recordDate)]),
        );
        const due = Object.values(distributions).reduce((sum, each) => sum + each.interest + each.principal, 0n);
        if (due === 0n) return;
        const dealAccount = { institution: 'trustee', account: 'deal', part: 'free' } as const;
        this.market.issue([{ asset: dollars, quantity: due as Amount, from: 'issuer', to: dealAccount }]);
        this.periods += 1;
        const notices = this.market.distribute(this.periods, recordDate, distributions);
        for (const { holder, status, classes, total } of notices) {
            if (status === 'paid') this.model.add(holder, dollars, total);
            for (const line of classes) this.checkLine(holder, recordDate, line, distributions[line.className]);
        }
        for (const { asset, status } of this.market.tranches)
            if (status === 'redeemed' && !this.model.redeemed.has(asset)) this.redeem(asset);
        this.count('distributed');
    }

    private payment({ asset, balance, status }: TrancheRecord, recordDate: string): Distribution {
        const { random } = this;
        const redeemed = status === 'redeemed' || this.facesSum(asset, recordDate) === 0n;
        const last = random.oneIn(25) && recordDate === this.market.day;
        const principal = redeemed ? 0n : last ? balance : BigInt(random.below(Number(balance / 50n) + 1));
        const interest = redeemed ? 0n : BigInt(random.below(20_000));
        return {
            ...{ interest, principal, residual: 0n, interestShortfall: 0n, writtenDown: 0n },
            ...{ balanceBeginning: balance, balanceEnding: balance - principal, factor: '', rate: '' },
        } as Distribution;
    }

    private facesSum(asset: string, day: string): bigint {
        return institutions.reduce((sum, player) => sum + this.faceOn(player, asset, day), 0n);
    }

    private faceOn(player: string, asset: string, day: string): bigint {
        const { model } = this;
        if (day >= model.day) return model.amount(player, asset) + model.amount(player, asset, 'pledged');
        return model.evenings.get(day)?.get(`${player}|${asset}`) ?? 0n;
    }

    /** A holder's part is its exact share but for less than one cent. */
    private checkLine(
        holder: string,
        day: string,
        line: { className: string; face: bigint; interest: bigint; principal: bigint },
        total: Distribution | undefined,
    ): void {
        const asset = line.className === 'A' ? senior : junior;
        const [face, all] = [this.faceOn(holder, asset, day), this.facesSum(asset, day)];
        if (face !== line.face) throw new Error(`${holder} is paid on another face than it held on ${day}`);
        for (const part of ['interest', 'principal'] as const) {
            const difference = line[part] * all - (total?.[part] ?? 0n) * face;
            if (difference >= all || difference <= -all) throw new Error(`${holder} is not paid its share of ${part}`);
        }
    }

    private redeem(asset: Asset): void {
        this.model.redeemed.add(asset);
        for (const player of institutions)
            for (const part of ['free', 'pledged']) this.model.amounts.set(`${player}|${asset}|${part}`, 0n);
        this.count('redeemed');
    }

    private nextReference(): string {
        this.references += 1;
        return `r${this.references}`;
    }

    /** Every amount is the model's, and all books together hold what their issuers owe. */
    private compare(): void {
        for (const asset of [senior, junior, dollars, euros]) {
            let sum = 0n;
            for (const holding of this.market.holdings.values()) {
                if (holding.asset !== asset) continue;
                if (holding.free < 0n || holding.pledged < 0n) throw new Error('an account is below nothing');
                sum += holding.free + holding.pledged;
            }
            if (sum !== this.market.outstanding.get(asset)) throw new Error(`${asset} is not conserved`);
            for (const player of institutions)
                for (const part of ['free', 'pledged'] as const)
                    if (this.market.quantity(player, 'own', asset, part) !== this.model.amount(player, asset, part))
                        throw new Error(`${player} holds another ${part} amount of ${asset} than in the model`);
        }
    }
}

function tranche(asset: Asset, className: string, original: bigint): TrancheRecord {
    return {
        ...rules[asset],
        ...{ dealId: 'deal', className, asset, depository: 'depository', identifier: '', rank: 1, currency: 'USD' },
        ...{ original, outstanding: 0n, balance: original, factor: '1.0000000', writtenDown: 0n, coupon: '' },
        ...{ finalPayment: '2030-01-01', status: 'outstanding' },
        ...{ categories: ['institutional'], ratings: [] },
    } as unknown as TrancheRecord;
}

/** The code of a refusal, or undefined where nothing was refused. */
function refusalOf(act: () => void): string | undefined {
    try {
        act();
        return undefined;
    } catch (error) {
        if (error instanceof Refusal) return error.code;
        throw error;
    }
}
