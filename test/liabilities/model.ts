import type { Instruct } from '@poolproof/chaincode/domain';
/** A pair of instructions to settle, and how much of it. */
export interface Ask {
    readonly reference: string;
    readonly deliverer: string;
    readonly receiver: string;
    readonly quantity?: bigint;
}

/** One side's word, as the model remembers it. */
interface Word {
    readonly said: Instruct;
    open: boolean;
    settled: bigint;
    paid: bigint;
    seen: boolean;
}

export interface ClassRules {
    readonly minimum: bigint;
    readonly increment: bigint;
    readonly lockedUntil: string;
}

/**
 * What the market should do, in the plainest way: amounts in a table, and a list of conditions for a settlement. It shares no code
 * with the rules it checks.
 */
export class Model {
    day = '2026-01-05';
    /** `owner|asset|part` */
    readonly amounts = new Map<string, bigint>();
    /** What each owner held of each class at the end of each day. */
    readonly evenings = new Map<string, Map<string, bigint>>();
    readonly words = new Map<string, Word>();
    readonly liens = new Map<string, { lender: string; asset: string; left: bigint }>();
    readonly suspended = new Set<string>();
    readonly cleared = new Map<string, string>();
    readonly redeemed = new Set<string>();
    /** How much of each instruction the batch at hand moves. */
    private readonly moved = new Map<string, bigint>();

    constructor(private readonly classes: Readonly<Partial<Record<string, ClassRules>>>) {}

    amount(owner: string, asset: string, part = 'free'): bigint {
        return this.amounts.get(`${owner}|${asset}|${part}`) ?? 0n;
    }

    add(owner: string, asset: string, quantity: bigint, part = 'free'): void {
        this.amounts.set(`${owner}|${asset}|${part}`, this.amount(owner, asset, part) + quantity);
    }

    /** The day ends, and another begins. */
    open(day: string): void {
        const evening = new Map<string, bigint>();
        for (const [key, quantity] of this.amounts) {
            const [owner = '', asset = ''] = key.split('|');
            evening.set(`${owner}|${asset}`, (evening.get(`${owner}|${asset}`) ?? 0n) + quantity);
        }
        for (let each = this.day; each < day; each = following(each)) this.evenings.set(each, evening);
        this.day = day;
    }

    place(player: string, said: Instruct): void {
        this.words.set(`${player}|${said.reference}`, { said, open: true, settled: 0n, paid: 0n, seen: false });
    }

    /** Settles when every condition holds, and says whether it did. */
    settle(asks: readonly Ask[]): boolean {
        const before = new Map(this.amounts);
        const liens = new Map([...this.liens].map(([key, lien]) => [key, { ...lien }]));
        const words = new Map([...this.words].map(([key, word]) => [key, { ...word }]));
        const names = asks.map(({ deliverer, reference }) => `${deliverer}|${reference}`);
        const distinct = new Set(names).size === names.length;
        this.moved.clear();
        const settles = distinct && asks.every(ask => this.settleOne(ask)) && this.isWhole(asks);
        if (settles) return true;
        for (const [key] of this.amounts) this.amounts.set(key, before.get(key) ?? 0n);
        restore(this.liens, liens);
        restore(this.words, words);
        return false;
    }

    private settleOne({ reference, deliverer, receiver, quantity }: Ask): boolean {
        const deliver = this.words.get(`${deliverer}|${reference}`);
        const receive = this.words.get(`${receiver}|${reference}`);
        if (!deliver?.open || !receive?.open) return false;
        const { kind, asset, settlementDay, expiryDay, payment, lien = '' } = deliver.said;
        const isOwn = kind === 'issue' || kind === 'redeem';
        if (!isOwn && !sameTrade(deliver, receive, deliverer, receiver)) return false;
        if (isOwn && deliverer !== receiver) return false;
        if ([deliverer, receiver].some(player => this.suspended.has(player))) return false;
        if (this.day < settlementDay || this.day > expiryDay || this.day > receive.said.expiryDay) return false;
        const rules = this.classes[asset];
        if (rules && this.redeemed.has(asset)) return false;
        if (rules && kind === 'transfer')
            if (this.day < rules.lockedUntil || (this.cleared.get(receiver) ?? '') < this.day) return false;
        const left = deliver.said.quantity - deliver.settled;
        const moved = quantity ?? left;
        this.moved.set(`${deliverer}|${reference}`, moved);
        if (moved > left || moved <= 0n) return false;
        if (moved < left && !(deliver.said.partial && receive.said.partial)) return false;
        if (payment?.means === 'outside' && !deliver.seen) return false;

        const settled = deliver.settled + moved;
        const due = payment === undefined ? 0n : (payment.amount * settled) / deliver.said.quantity - deliver.paid;
        if (payment?.means === 'deposit') {
            this.add(receiver, payment.asset, -due);
            this.add(deliverer, payment.asset, due);
        }
        for (const word of new Set([deliver, receive])) {
            word.settled = settled;
            word.paid += due;
            word.open = settled < deliver.said.quantity;
        }
        return this.moveAsset({ kind, asset, moved, deliverer, receiver, reference, lien });
    }

    private moveAsset(move: {
        kind: Instruct['kind'];
        asset: string;
        moved: bigint;
        deliverer: string;
        receiver: string;
        reference: string;
        lien: string;
    }): boolean {
        const { kind, asset, moved, deliverer, receiver, reference } = move;
        if (kind === 'issue') this.add(deliverer, asset, moved);
        if (kind === 'redeem') this.add(deliverer, asset, -moved);
        if (kind === 'transfer') {
            this.add(deliverer, asset, -moved);
            this.add(receiver, asset, moved);
        }
        if (kind === 'pledge') {
            this.add(deliverer, asset, -moved);
            this.add(deliverer, asset, moved, 'pledged');
            const key = `${deliverer}|${reference}`;
            this.liens.set(key, { lender: receiver, asset, left: (this.liens.get(key)?.left ?? 0n) + moved });
        }
        if (kind === 'release') {
            const lien = this.liens.get(`${receiver}|${move.lien}`);
            if (lien?.lender !== deliverer || lien.asset !== asset || lien.left < moved) return false;
            lien.left -= moved;
            this.add(receiver, asset, moved);
            this.add(receiver, asset, -moved, 'pledged');
        }
        return true;
    }

    /** Nobody owes anything at the end, and every piece of notes is one that the terms allow. */
    private isWhole(asks: readonly Ask[]): boolean {
        if ([...this.amounts.values()].some(amount => amount < 0n)) return false;
        return asks.every(ask => {
            const { said } = this.words.get(`${ask.deliverer}|${ask.reference}`) as Word;
            const rules = this.classes[said.asset];
            if (!rules || said.kind !== 'transfer') return true;
            return this.isPiece(ask, said, rules);
        });
    }

    private isPiece(ask: Ask, said: Instruct, { minimum, increment }: ClassRules): boolean {
        const rest = this.amount(ask.deliverer, said.asset) + this.amount(ask.deliverer, said.asset, 'pledged');
        const moved = this.moved.get(`${ask.deliverer}|${ask.reference}`) ?? 0n;
        return rest === 0n || (moved >= minimum && (moved - minimum) % increment === 0n && rest >= minimum);
    }
}

function sameTrade(deliver: Word, receive: Word, deliverer: string, receiver: string): boolean {
    const [a, b] = [deliver.said, receive.said];
    const plain = (said: Instruct) =>
        [said.kind, said.asset, said.quantity, said.settlementDay, said.lien, priceOf(said)].join();
    if (a.side !== 'deliver' || b.side !== 'receive' || deliverer === receiver) return false;
    return a.counterparty === receiver && b.counterparty === deliverer && plain(a) === plain(b);
}

function priceOf({ payment }: Instruct): string {
    if (payment === undefined) return 'free';
    return `${payment.amount} ${payment.means === 'deposit' ? payment.asset : `outside ${payment.currency}`}`;
}

function restore<T>(target: Map<string, T>, source: ReadonlyMap<string, T>): void {
    target.clear();
    for (const [key, value] of source) target.set(key, value);
}

function following(day: string): string {
    return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
