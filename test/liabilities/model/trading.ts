import type { Charge, Table, Word } from './table';
import type { Instruct } from '@poolproof/chaincode/domain';

/** What the depository is asked to settle together: of each pair all that is left, or so much of it. */
export interface Ask {
    readonly reference: string;
    readonly deliverer: string;
    readonly receiver: string;
    readonly quantity?: bigint;
}

/** What somebody says of a trade, and what is wrong with it in itself, as whoever made it up knows. */
export interface Saying {
    readonly asked: Instruct;
    readonly flaw?: string | undefined;
}

/** All of it, or nothing. */
export function place(table: Table, owner: string, sayings: readonly Saying[]): boolean {
    if (!disposes(owner)) return false;
    const references = sayings.map(({ asked }) => `${owner}|${asked.reference}`);
    if (new Set(references).size < references.length || !table.files.has(owner)) return false;
    const isTaken = (word?: Word) => word !== undefined && (word.status !== 'cancelled' || word.settled > 0n);
    if (references.some(reference => isTaken(table.words.get(reference)))) return false;
    if (sayings.some(({ flaw }) => flaw !== undefined)) return false;
    for (const { asked } of sayings)
        table.words.set(`${owner}|${asked.reference}`, { said: asked, status: 'open', settled: 0n, paid: 0n });
    return true;
}

export function withdraw(table: Table, owner: string, reference: string): boolean {
    const word = table.words.get(`${owner}|${reference}`);
    if (word?.status !== 'open' || word.seen !== undefined || !disposes(owner)) return false;
    word.status = 'cancelled';
    return true;
}

/** Who oversees trades does not trade. */
function disposes(owner: string): boolean {
    return owner !== 'regulator';
}

export function confirm(table: Table, owner: string, reference: string, seen: string): boolean {
    const word = table.words.get(`${owner}|${reference}`);
    if (word?.status !== 'open' || word.said.side !== 'deliver' || word.said.payment?.means !== 'outside') return false;
    word.seen = seen;
    return true;
}

/** All of these are over, or none is closed. */
export function expire(table: Table, names: readonly string[]): boolean {
    const words = names.map(name => table.words.get(name));
    if (!words.every(word => word?.status === 'open' && word.said.expiryDay < table.day)) return false;
    for (const word of words) if (word) word.status = 'expired';
    return true;
}

/** Filing moves what is closed to another drawer, and changes nothing. */
export function file(table: Table, names: readonly string[]): boolean {
    return names.every(name => (table.words.get(name)?.status ?? 'open') !== 'open');
}

/** Settles all of it when every condition holds, or nothing, and says whether it did. */
export function settle(table: Table, asks: readonly Ask[]): boolean {
    const batch = new Batch(table);
    if (!batch.holds(asks)) return false;
    batch.write();
    return true;
}

/** Whether it would settle now. */
export function wouldSettle(table: Table, asks: readonly Ask[]): boolean {
    return new Batch(table).holds(asks);
}

/** What waits for the depository's agent: pairs that are due, and words that are over. */
export function waiting(table: Table): { pairs: string[]; over: string[]; closed: string[] } {
    const words = [...table.words];
    const open = words.filter(([, { status }]) => status === 'open');
    const isDue = ({ said }: Word) => said.settlementDay <= table.day && table.day <= said.expiryDay;
    const pairs = open.filter(([, word]) => word.said.side === 'deliver' && isDue(word));
    const paired = pairs.filter(([key, { said }]) => {
        const [owner] = key.split('|');
        if (isAlone(said)) return true;
        const other = table.words.get(`${said.counterparty}|${said.reference}`);
        return (
            other?.status === 'open' &&
            isDue(other) &&
            other.said.side === 'receive' &&
            other.said.counterparty === owner
        );
    });
    return {
        pairs: paired.map(([key, { said }]) => `${key}|${said.counterparty}`).sort(),
        over: open
            .filter(([, { said }]) => said.expiryDay < table.day)
            .map(([key]) => key)
            .sort(),
        closed: words
            .filter(([, { status }]) => status !== 'open')
            .map(([key]) => key)
            .sort(),
    };
}

interface Sides {
    readonly deliver: Word;
    readonly receive: Word;
    readonly moved: bigint;
}

/** A batch that is tried on paper beside the table. */
class Batch {
    private readonly changes = new Map<string, bigint>();
    private readonly progress = new Map<Word, { settled: bigint; paid: bigint }>();
    private readonly charges = new Map<string, Charge>();
    private readonly outstanding = new Map<string, bigint>();

    constructor(private readonly table: Table) {}

    holds(asks: readonly Ask[]): boolean {
        const names = asks.map(({ deliverer, reference }) => `${deliverer}|${reference}`);
        if (new Set(names).size < names.length) return false;
        const sides = asks.map(ask => this.sidesOf(ask));
        if (!sides.every((each, i) => each && this.take(asks[i] as Ask, each))) return false;
        if ([...this.changes].some(([place, change]) => (this.table.amounts.get(place) ?? 0n) + change < 0n))
            return false;
        if ([...this.outstanding].some(([asset, sum]) => (this.table.deposits.get(asset) ?? 0n) + sum < 0n))
            return false;
        return asks.every((ask, i) => this.leavesPieces(ask, sides[i] as Sides));
    }

    write(): void {
        for (const [place, change] of this.changes) this.table.add(place, change);
        for (const [word, { settled, paid }] of this.progress) {
            Object.assign(word, { settled, paid });
            if (settled === word.said.quantity) word.status = 'settled';
        }
        for (const [key, charge] of this.charges) this.table.charges.set(key, charge);
        for (const [asset, sum] of this.outstanding)
            this.table.deposits.set(asset, (this.table.deposits.get(asset) ?? 0n) + sum);
    }

    /** Both words of a pair, where they say the same and nothing stands in their way. */
    private sidesOf({ reference, deliverer, receiver, quantity }: Ask): Sides | undefined {
        const { table } = this;
        const deliver = table.words.get(`${deliverer}|${reference}`);
        const receive = table.words.get(`${receiver}|${reference}`);
        if (deliver?.status !== 'open' || receive?.status !== 'open') return undefined;
        const { said } = deliver;
        if (isAlone(said) ? deliverer !== receiver : !isSameTrade(deliver, receive, deliverer, receiver))
            return undefined;
        if (!table.isActive(deliverer) || !table.isActive(receiver)) return undefined;
        const last = [said.expiryDay, receive.said.expiryDay].sort()[0] as string;
        if (table.day < said.settlementDay || table.day > last) return undefined;
        if (said.payment?.means === 'outside' && deliver.seen === undefined) return undefined;
        const left = said.quantity - deliver.settled;
        const moved = quantity ?? left;
        if (moved <= 0n || moved > left) return undefined;
        if (moved < left && !(said.partial && receive.said.partial)) return undefined;
        return this.isFree(said, receiver) ? { deliver, receive, moved } : undefined;
    }

    /** Whether the class lets its notes move, and to this receiver. */
    private isFree({ asset, kind }: Instruct, receiver: string): boolean {
        if (asset.startsWith('cash:')) return true;
        const notes = this.table.classes.get(asset);
        if (notes?.status !== 'outstanding') return false;
        if (kind !== 'transfer' && kind !== 'enforce') return true;
        return this.table.day >= (notes.lockedUntil ?? '') && this.table.mayHold(receiver, notes.categories);
    }

    private take({ deliverer, receiver }: Ask, { deliver, receive, moved }: Sides): boolean {
        const { said } = deliver;
        const settled = deliver.settled + moved;
        const due = said.payment ? (said.payment.amount * settled) / said.quantity - deliver.paid : 0n;
        for (const word of [deliver, receive]) this.progress.set(word, { settled, paid: deliver.paid + due });
        if (said.payment?.means === 'deposit') this.move(said.payment.asset, due, receiver, deliverer);
        return this.moveAsset(said, moved, deliverer, receiver, receive.said.account ?? 'own');
    }

    private moveAsset(said: Instruct, moved: bigint, deliverer: string, receiver: string, account: string): boolean {
        const { asset, kind } = said;
        const at = (owner: string, part = 'free') => `${owner}|own|${asset}|${part}`;
        switch (kind) {
            case 'issue':
            case 'redeem': {
                const issued = kind === 'issue' ? moved : -moved;
                this.change(at(deliverer), issued);
                this.outstanding.set(asset, (this.outstanding.get(asset) ?? 0n) + issued);
                return this.table.deposits.has(asset);
            }
            case 'transfer':
                this.move(asset, moved, deliverer, receiver, account);
                return true;
            case 'pledge':
                this.change(at(deliverer), -moved);
                this.change(at(deliverer, 'pledged'), moved);
                return this.charge(`${deliverer}|${said.reference}`, moved, {
                    ...{ lender: receiver, asset, from: said.enforceableFrom, left: 0n },
                });
            case 'release':
                this.change(at(receiver, 'pledged'), -moved);
                this.change(at(receiver), moved);
                return this.discharge(`${receiver}|${said.lien}`, moved, said, deliverer);
            case 'enforce':
                this.change(at(said.pledgor ?? '', 'pledged'), -moved);
                this.change(at(deliverer), moved);
                return this.discharge(`${said.pledgor}|${said.lien}`, moved, said, deliverer);
        }
    }

    private charge(key: string, quantity: bigint, opened: Charge): boolean {
        const before = this.charges.get(key) ?? this.table.charges.get(key);
        this.charges.set(key, { ...opened, left: (before?.left ?? 0n) + quantity });
        return true;
    }

    /** Only this lender's own charge on these notes can be lifted or enforced, and no more than is left of it. */
    private discharge(key: string, quantity: bigint, { asset, kind }: Instruct, lender: string): boolean {
        const charge = this.charges.get(key) ?? this.table.charges.get(key);
        if (!charge || charge.left < quantity || charge.lender !== lender || charge.asset !== asset) return false;
        if (kind === 'enforce' && (charge.from === undefined || this.table.day < charge.from)) return false;
        this.charges.set(key, { ...charge, left: charge.left - quantity });
        return true;
    }

    /** Notes change hands in pieces that their terms allow, and leave none behind that is too small; all of them may always go. */
    private leavesPieces({ deliverer }: Ask, { deliver: { said }, moved }: Sides): boolean {
        const notes = this.table.classes.get(said.asset);
        if (!notes || (said.kind !== 'transfer' && said.kind !== 'enforce')) return true;
        const giver = said.kind === 'enforce' ? (said.pledgor ?? '') : deliverer;
        const rest = (['free', 'pledged'] as const)
            .map(part => `${giver}|own|${said.asset}|${part}`)
            .reduce((sum, key) => sum + (this.table.amounts.get(key) ?? 0n) + (this.changes.get(key) ?? 0n), 0n);
        if (rest === 0n) return true;
        return moved >= notes.minimum && (moved - notes.minimum) % notes.increment === 0n && rest >= notes.minimum;
    }

    private move(asset: string, quantity: bigint, from: string, to: string, account = 'own'): void {
        this.change(`${from}|own|${asset}|free`, -quantity);
        this.change(`${to}|${account}|${asset}|free`, quantity);
    }

    private change(place: string, quantity: bigint): void {
        this.changes.set(place, (this.changes.get(place) ?? 0n) + quantity);
    }
}

export function isAlone({ kind }: Pick<Instruct, 'kind'>): boolean {
    return kind === 'issue' || kind === 'redeem' || kind === 'enforce';
}

function isSameTrade(deliver: Word, receive: Word, deliverer: string, receiver: string): boolean {
    const [a, b] = [deliver.said, receive.said];
    if (a.side !== 'deliver' || b.side !== 'receive' || deliverer === receiver) return false;
    if (a.counterparty !== receiver || b.counterparty !== deliverer) return false;
    const plain = (said: Instruct) =>
        [
            said.kind,
            said.asset,
            said.quantity,
            said.settlementDay,
            said.lien,
            said.enforceableFrom,
            priceOf(said),
        ].join();
    return plain(a) === plain(b);
}

function priceOf({ payment }: Instruct): string {
    if (payment === undefined) return 'free';
    return `${payment.amount} ${payment.means === 'deposit' ? payment.asset : `outside ${payment.currency}`}`;
}
