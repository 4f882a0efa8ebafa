import { depositReader, emptyHolding, holdingReader, placesOf } from '../domain/holding';
import { byCodePoint } from '../domain/canonical';
import { institutionReader } from '../domain/institution';
import { id, list } from '../domain/shape';
import { lienReader } from '../domain/lien';
import { OwnBook } from './own-book';
import { Refusal } from '../domain/refusal';
import { trancheReader } from '../domain/tranche';

import type { Asset, Books, Deposit, Holding, Movement, Supply } from '../domain/holding';
import type { Book } from './book';
import type { Context } from './context';
import type { Day } from '../domain/day';
import type { LienName } from '../domain/lien';
import type { Standing } from '../domain/standing';
import type { TrancheRecord } from '../domain/tranche';

const registerReader = list(id);

/**
 * Holdings and cash as the depository's transaction sees them: loaded by key for the movements at hand, saved when they have been
 * posted. Private reads and writes are endorsed by the depository's peer alone, so every public record saved here carries a
 * key-level policy that names the depository, and was laid down before by a transaction of the majority.
 */
export class Holdings {
    private readonly books = new Map<string, OwnBook>();
    private readonly deposits: Book<Deposit>;
    private readonly tranches: Book<TrancheRecord>;

    constructor(
        private readonly ctx: Context,
        /** The institution that keeps the books. */
        private readonly depository: string,
    ) {
        this.deposits = ctx.book('deposit', depositReader);
        this.tranches = ctx.book('tranche', trancheReader);
    }

    /** The book of an institution, the same one throughout a transaction. */
    book(institution: string): OwnBook {
        const known = this.books.get(institution);
        if (known) return known;
        const book = new OwnBook(this.ctx, institution);
        this.books.set(institution, book);
        return book;
    }

    /** Everything that the movements touch, as it stands. @throws Refusal BOOK_NOT_OPEN, NOT_FOUND, DEPOSIT_UNKNOWN, RECORD_FORGED */
    async load(movements: readonly Movement[], today: Day): Promise<Books> {
        const holdings: Holding[] = [];
        for (const place of placesOf(movements))
            holdings.push(await this.find(place.institution, place.account, place.asset));
        const supplies: Supply[] = [];
        const issued = movements.filter(({ from, to }) => from === 'issuer' || to === 'issuer');
        for (const asset of new Set(issued.map(movement => movement.asset))) supplies.push(await this.supply(asset));
        return { day: today, holdings, supplies };
    }

    /** A holding, or an empty one where there is none. @throws Refusal BOOK_NOT_OPEN */
    async find(institution: string, account: string, asset: Asset): Promise<Holding> {
        const found = await this.book(institution).find('holding', holdingReader, asset, account);
        return found ?? emptyHolding(institution, account, asset);
    }

    /** Saves what was posted, and enters new holders of notes in the register. The supply of notes stands in their tranche's record. */
    async save({ holdings, supplies }: Omit<Books, 'day'>): Promise<void> {
        for (const holding of holdings)
            await this.book(holding.institution).save(
                'holding',
                holdingReader,
                holding,
                holding.asset,
                holding.account,
            );
        for (const supply of supplies.filter(({ asset }) => asset.startsWith('cash:')))
            await this.deposits.save({ ...(await this.deposits.load(supply.asset)), ...supply }, supply.asset);
        await this.register(holdings);
    }

    /** Ends liens on notes that were taken back: they leave their pledgors' books. */
    async endLiens(ended: readonly LienName[]): Promise<void> {
        for (const { pledgor, reference } of ended) await this.book(pledgor).remove('lien', lienReader, reference);
    }

    /** The records that say who keeps the books of these assets. @throws Refusal NOT_FOUND, DEPOSIT_UNKNOWN */
    async keepersOf(assets: readonly Asset[]): Promise<Pick<Deposit, 'asset' | 'depository'>[]> {
        const keepers: Pick<Deposit, 'asset' | 'depository'>[] = [];
        for (const asset of new Set(assets)) {
            const [kind, ...id] = asset.split(':');
            const record = kind === 'note' ? await this.tranches.load(...id) : await this.deposits.find(asset);
            if (record === undefined) throw new Refusal('DEPOSIT_UNKNOWN', { asset });
            keepers.push(record);
        }
        return keepers;
    }

    /** Every institution that has ever held the notes. Only its first receipt changes the register, so trades do not contend for it. */
    async holdersOf(asset: Asset): Promise<readonly string[]> {
        return (await this.book(this.depository).find('register', registerReader, asset)) ?? [];
    }

    /** The holdings of all holders of the notes of these classes. */
    async allOf(classes: readonly { readonly asset: Asset }[]): Promise<Holding[]> {
        const holdings: Holding[] = [];
        for (const { asset } of classes)
            for (const institution of await this.holdersOf(asset))
                holdings.push(await this.find(institution, 'own', asset));
        return holdings;
    }

    /** Membership in public, the file of the depository in the institution's own book. */
    async standing(institution: string): Promise<Standing> {
        const member = await this.ctx.book('institution', institutionReader).find(institution);
        const filed = await this.book(institution).standing();
        return { ...filed, active: (member?.roles.length ?? 0) > 0 && !filed.suspended };
    }

    /** Of each institution named, once. */
    async standings(institutions: readonly string[]): Promise<Standing[]> {
        const standings: Standing[] = [];
        for (const institution of new Set(institutions)) standings.push(await this.standing(institution));
        return standings;
    }

    private async register(holdings: readonly Holding[]): Promise<void> {
        const notes = holdings.filter(({ asset }) => asset.startsWith('note:'));
        const fresh = notes.filter(({ closings }) => closings.length === 1);
        for (const asset of new Set(fresh.map(holding => holding.asset))) {
            const known = await this.holdersOf(asset);
            const added = fresh.filter(holding => holding.asset === asset).map(({ institution }) => institution);
            const all = [...new Set([...known, ...added])].sort(byCodePoint);
            if (all.length > known.length)
                await this.book(this.depository).save('register', registerReader, all, asset);
        }
    }

    private async supply(asset: Asset): Promise<Supply> {
        if (asset.startsWith('note:')) return this.tranches.load(...asset.split(':').slice(1));
        const deposit = await this.deposits.find(asset);
        if (deposit?.depository !== this.depository) throw new Refusal('DEPOSIT_UNKNOWN', { asset });
        await this.deposits.mustBeSignedBy([this.ctx.caller.mspId], asset);
        return deposit;
    }
}
