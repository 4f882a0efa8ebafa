import { asset as assetReader } from './holding';
import { id, minor, object } from './shape';
import { isCharge, quantityToSettle } from './instruction';
import { Refusal } from './refusal';
import { subtract, zero } from './money';

import type { Amount } from './money';
import type { Pair } from './instruction';

/** A lender's charge on notes, in the pledgor's book under the pledge's reference. Only this lender can release it. */
export const lienReader = object({
    reference: id,
    pledgor: id,
    lender: id,
    asset: assetReader,
    /** What is still charged. */
    quantity: minor,
});

export type Lien = ReturnType<typeof lienReader>;

/** A pledge opens a lien under its reference; a release takes from the lien it names, which must be this lender's on these notes. */
export function liensAfter(pairs: readonly Pair[], before: readonly Lien[]): readonly Lien[] {
    const liens = new Map(before.map(lien => [lienId(lien.pledgor, lien.reference), lien]));
    const changed = new Set<string>();
    for (const pair of pairs) {
        if (!isCharge(pair.deliver.kind)) continue;
        const lien = pair.deliver.kind === 'pledge' ? lienOpened(pair, liens) : lienReduced(pair, liens);
        const id = lienId(lien.pledgor, lien.reference);
        liens.set(id, lien);
        changed.add(id);
    }
    return [...liens].filter(([id]) => changed.has(id)).map(([, lien]) => lien);
}

function lienOpened(pair: Pair, liens: ReadonlyMap<string, Lien>): Lien {
    const { reference, institution: pledgor, counterparty: lender, asset } = pair.deliver;
    const before = liens.get(lienId(pledgor, reference))?.quantity ?? zero;
    return { reference, pledgor, lender, asset, quantity: (before + quantityToSettle(pair)) as Amount };
}

function lienReduced(pair: Pair, liens: ReadonlyMap<string, Lien>): Lien {
    const { deliver, receive } = pair;
    const lien = liens.get(lienId(receive.institution, deliver.lien ?? ''));
    if (lien === undefined || lien.lender !== deliver.institution || lien.asset !== deliver.asset)
        throw new Refusal('LIEN_NOT_FOUND', { reference: deliver.reference });
    const quantity = subtract(lien.quantity, quantityToSettle(pair));
    if (quantity < 0n) throw new Refusal('LIEN_EXCEEDED', { reference: deliver.reference });
    return { ...lien, quantity };
}

function lienId(pledgor: string, reference: string): string {
    return `${pledgor}|${reference}`;
}
