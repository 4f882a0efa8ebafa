import { asset as assetReader, placeOfNotes } from './holding';
import { day, id, minor, object, optional } from './shape';
import { isCharge, quantityToSettle } from './instruction';
import { Refusal } from './refusal';
import { subtract, zero } from './money';

import type { Amount } from './money';
import type { Day } from './day';
import type { Holding } from './holding';
import type { Pair } from './instruction';

/** A lender's charge on notes, in the pledgor's book under the pledge's reference. Only this lender can release or enforce it. */
export const lienReader = object({
    reference: id,
    pledgor: id,
    lender: id,
    asset: assetReader,
    /** What is still charged. */
    quantity: minor,
    /** The business day from which the lender may take the notes; absent: it never may by itself. */
    enforceableFrom: optional(day),
});

export type Lien = ReturnType<typeof lienReader>;

/**
 * A pledge opens a lien under its reference; a release and an enforcement take from the one they name, which must be this lender's on
 * these notes. A lien of which nothing is left has quantity zero.
 * @throws Refusal LIEN_NOT_FOUND, LIEN_NOT_ENFORCEABLE, LIEN_EXCEEDED
 */
export function liensAfter(pairs: readonly Pair[], before: readonly Lien[], today: Day): readonly Lien[] {
    const liens = new Map(before.map(lien => [lienId(lien.pledgor, lien.reference), lien]));
    const changed = new Set<string>();
    for (const pair of pairs) {
        const { kind } = pair.deliver;
        if (!isCharge(kind) && kind !== 'enforce') continue;
        const lien = kind === 'pledge' ? lienOpened(pair, liens) : lienReduced(pair, liens, today);
        const id = lienId(lien.pledgor, lien.reference);
        liens.set(id, lien);
        changed.add(id);
    }
    return [...liens].filter(([id]) => changed.has(id)).map(([, lien]) => lien);
}

/** A lien by whose book it lies in. */
export interface LienName {
    readonly pledgor: string;
    readonly reference: string;
}

/** The liens on what these holdings have pledged. */
export function liensOn(holdings: readonly Holding[]): LienName[] {
    return holdings.flatMap(({ institution: pledgor, liens = [] }) => liens.map(reference => ({ pledgor, reference })));
}

/**
 * The holdings with the liens on them as they stand now, so that whoever takes notes back knows what charged them.
 * @param posted what has changed by movements
 * @param before all that was touched: where one charge is exchanged for another, nothing else changes
 */
export function withLiens(
    posted: readonly Holding[],
    before: readonly Holding[],
    changed: readonly Lien[],
): readonly Holding[] {
    if (changed.length === 0) return posted;
    const known = new Set(posted.map(placeOfNotes));
    const charged = new Set(changed.map(({ pledgor: institution, asset }) => placeOfNotes({ institution, asset })));
    const kept = before.filter(holding => charged.has(placeOfNotes(holding)) && !known.has(placeOfNotes(holding)));
    return [...posted, ...kept].map(holding => {
        const own = changed.filter(({ pledgor, asset }) => pledgor === holding.institution && asset === holding.asset);
        if (own.length === 0) return holding;
        const { liens = [], ...rest } = holding;
        const names = own.map(({ reference }) => reference);
        const others = liens.filter(reference => !names.includes(reference));
        const left = [
            ...others,
            ...own.filter(({ quantity }) => quantity > 0n).map(({ reference }) => reference),
        ].sort();
        return left.length === 0 ? rest : { ...rest, liens: left };
    });
}

function lienOpened(pair: Pair, liens: ReadonlyMap<string, Lien>): Lien {
    const { reference, institution: pledgor, counterparty: lender, asset, enforceableFrom } = pair.deliver;
    const before = liens.get(lienId(pledgor, reference))?.quantity ?? zero;
    const quantity = (before + quantityToSettle(pair)) as Amount;
    return { reference, pledgor, lender, asset, quantity, ...(enforceableFrom && { enforceableFrom }) };
}

function lienReduced(pair: Pair, liens: ReadonlyMap<string, Lien>, today: Day): Lien {
    const { at, deliver } = pair;
    const [reference, pledgor] = lienNamed(pair) ?? ['', ''];
    const lien = liens.get(lienId(pledgor, reference));
    if (lien === undefined || lien.lender !== deliver.institution || lien.asset !== deliver.asset)
        throw new Refusal('LIEN_NOT_FOUND', { at });
    const { enforceableFrom } = lien;
    if (deliver.kind === 'enforce' && (enforceableFrom === undefined || today < enforceableFrom))
        throw new Refusal('LIEN_NOT_ENFORCEABLE', { at });
    const quantity = subtract(lien.quantity, quantityToSettle(pair));
    if (quantity < 0n) throw new Refusal('LIEN_EXCEEDED', { at });
    return { ...lien, quantity };
}

/** Reference and pledgor of the lien that a pair adds to or takes from, where there is one. */
export function lienNamed({ deliver, receive }: Pair): readonly [string, string] | undefined {
    if (deliver.kind === 'pledge') return [deliver.reference, deliver.institution];
    return deliver.lien === undefined ? undefined : [deliver.lien, deliver.pledgor ?? receive.institution];
}

function lienId(pledgor: string, reference: string): string {
    return `${pledgor}|${reference}`;
}
