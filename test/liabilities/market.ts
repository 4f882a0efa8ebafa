import {
    alone,
    cancel,
    confirmPayment,
    distribute,
    emptyHolding,
    movementsOf,
    place,
    placesOf,
    post,
    settle,
    withSupply,
} from '@poolproof/chaincode/domain';

import type {
    Amount,
    Asset,
    Books,
    Distribution,
    Holding,
    HolderNotice,
    Instruct,
    Instruction,
    Lien,
    Movement,
    Pair,
    Standing,
    TrancheRecord,
} from '@poolproof/chaincode/domain';
import type { Day } from '@poolproof/chaincode/domain';

export const institutions = ['bank', 'alpha', 'beta', 'gamma', 'delta'] as const;
export type Player = (typeof institutions)[number];

/** Which instructions to settle together, as the depository's agent asks for them. */
export interface Ask {
    readonly reference: string;
    readonly deliverer: Player;
    readonly receiver: Player;
    readonly quantity?: Amount;
}

/**
 * The rules of the chaincode over books in memory: what its contracts do between load and save, without the ledger. A transaction that
 * is refused leaves nothing behind.
 */
export class Market {
    day = '2026-01-05' as Day;
    readonly holdings = new Map<string, Holding>();
    readonly instructions = new Map<string, Instruction>();
    readonly liens = new Map<string, Lien>();
    readonly standings = new Map<string, Standing>();
    readonly outstanding = new Map<Asset, Amount>();
    tranches: TrancheRecord[];

    constructor(tranches: readonly TrancheRecord[], deposits: readonly Asset[]) {
        this.tranches = [...tranches];
        for (const asset of deposits) this.outstanding.set(asset, 0n as Amount);
        for (const { asset, outstanding } of tranches) this.outstanding.set(asset, outstanding);
        for (const institution of institutions)
            this.standings.set(institution, {
                institution,
                clearedUntil: '2026-06-30' as Day,
                categories: ['institutional'],
                suspended: false,
                active: true,
            });
    }

    issue(movements: readonly Movement[]): void {
        this.save(post(this.books(movements), movements));
    }

    place(player: Player, asked: Instruct): void {
        const before = this.instructions.get(`${player}|${asked.reference}`);
        const placed = place(asked, player, { before, keeper: undefined });
        this.put(placed);
    }

    cancel(player: Player, reference: string): void {
        this.put(cancel(this.instruction(player, reference)));
    }

    confirmPayment(player: Player, reference: string): void {
        this.put(confirmPayment(this.instruction(player, reference), 'seen'));
    }

    settle(asks: readonly Ask[]): void {
        const pairs = asks.map((ask, i) => ({ ...this.pair(ask), at: `batch.pairs[${i}]` }));
        const settled = settle(pairs, {
            depository: 'depository',
            books: this.books(pairs.flatMap(movementsOf)),
            standings: [...this.standings.values()],
            restrictions: this.tranches,
            liens: [...this.liens.values()],
        });
        this.save(settled);
        settled.instructions.forEach(instruction => this.put(instruction));
        settled.liens.forEach(lien => this.liens.set(`${lien.pledgor}|${lien.reference}`, lien));
    }

    /** Pays these distributions out of the deal's account to the holders of the record date. */
    distribute(
        period: number,
        recordDate: Day,
        distributions: Readonly<Record<string, Distribution>>,
    ): readonly HolderNotice[] {
        const distributed = distribute({
            scheduled: { dealId: 'deal', period, status: 'scheduled', classes: [], payments: [] },
            previous: undefined,
            run: { distributions, payments: {}, paymentDate: this.day },
            runVersion: 1,
            recordDate,
            today: this.day,
            tranches: this.tranches,
            holdings: [...this.holdings.values()].filter(({ asset }) => asset.startsWith('note:')),
            standings: [...this.standings.values()],
            ...{ cash: 'cash:USD:bank', trustee: 'trustee', depository: 'depository', payees: {} },
        });
        this.tranches = [...distributed.tranches];
        this.save(post(this.books(distributed.movements), distributed.movements));
        return distributed.notices;
    }

    quantity(institution: string, account: string, asset: Asset, part: 'free' | 'pledged'): bigint {
        return this.holdings.get(`${institution}|${account}|${asset}`)?.[part] ?? 0n;
    }

    private pair({ reference, deliverer, receiver, quantity }: Ask): Omit<Pair, 'at'> {
        const deliver = this.instruction(deliverer, reference);
        const pair =
            deliverer === receiver ? alone(deliver) : { deliver, receive: this.instruction(receiver, reference) };
        return { ...pair, quantity };
    }

    private instruction(player: Player, reference: string): Instruction {
        const found = this.instructions.get(`${player}|${reference}`);
        if (found === undefined) throw new Error(`no instruction ${reference}`);
        return found;
    }

    private put(instruction: Instruction): void {
        this.instructions.set(`${instruction.institution}|${instruction.reference}`, instruction);
    }

    private books(movements: readonly Movement[]): Books {
        const holdings = placesOf(movements).map(
            ({ institution, account, asset }) =>
                this.holdings.get(`${institution}|${account}|${asset}`) ?? emptyHolding(institution, account, asset),
        );
        const supplies = [...this.outstanding].map(([asset, outstanding]) => ({ asset, outstanding }));
        return { day: this.day, holdings, supplies };
    }

    private save({ holdings, supplies }: Omit<Books, 'day'>): void {
        for (const holding of holdings)
            this.holdings.set(`${holding.institution}|${holding.account}|${holding.asset}`, holding);
        for (const { asset, outstanding } of supplies) this.outstanding.set(asset, outstanding);
        this.tranches = this.tranches.map(tranche => withSupply(tranche, supplies));
    }
}
