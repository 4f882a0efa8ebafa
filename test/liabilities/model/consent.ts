import { costOf } from './issuing';
import { isAlone } from './trading';

import type { Act } from './act';
import type { Ask } from './trading';
import type { Instruct } from '@poolproof/chaincode/domain';
import type { Ordering } from './issuing';
import type { Table } from './table';

interface Agreed {
    readonly said: Instruct;
    moved: bigint;
    paid: bigint;
}

/** By how much each `owner|account|asset|part` has changed. */
export type Changes = ReadonlyMap<string, bigint>;

/**
 * What every institution has agreed to, from its own requests alone: neither the contract's books nor the model's are asked. Whatever a
 * transaction moves must be what those have agreed to whom it moves.
 */
export class Consents {
    private readonly words = new Map<string, Agreed>();
    private readonly orders = new Map<string, Ordering>();

    /** Remembers what an institution has asked for, once the ledger has taken it. */
    hear({ client: { institution }, transaction, hidden }: Act): void {
        const content = hidden?.[1];
        if (transaction === 'settlement:instruct') {
            for (const said of content as readonly Instruct[])
                this.words.set(`${institution}|${said.reference}`, { said, moved: 0n, paid: 0n });
        }
        if (transaction === 'settlement:cancel') this.words.delete(`${institution}|${(content as Instruct).reference}`);
        if (transaction === 'tranche:order') {
            const ordered = content as Ordering;
            this.orders.set(`${institution}|${ordered.className}`, ordered);
        }
        if (transaction === 'tranche:withdraw') this.orders.delete(`${institution}|${(content as Ordering).className}`);
    }

    /** @throws Error where something was moved that nobody has agreed to */
    mustCover({ transaction, hidden, asked }: Act, changes: Changes, table: Table): void {
        switch (transaction) {
            case 'settlement:settle':
                return this.mustEqual(this.agreedIn((hidden?.[1] as { pairs: Ask[] }).pairs, table.day), changes);
            case 'tranche:issue':
                return this.mustBeOrdered(changes, table);
            case 'settlement:distribute':
            case 'settlement:payOut':
                return mustOnlyReceive(
                    changes,
                    place => place.startsWith(`trust|${table.dealId}|`) || isRepaid(place, table),
                );
            case 'settlement:send':
            case 'settlement:release':
                return mustOnlyReceive(changes, place => place.startsWith(`trust|${accountIn(hidden)}|`));
            case 'settlement:takeBack':
                return mustOnlyReceive(changes, place => place.startsWith('trust|own|cash:'));
            case 'tranche:retire':
                return mustOnlyReceive(changes, place => table.deal === 'closed' && isRepaid(place, table));
            default:
                if (changes.size > 0) throw new Error(`${transaction} ${JSON.stringify(asked)} has moved something`);
        }
    }

    /** What both sides of these pairs have said, each from its own instruction. */
    private agreedIn(pairs: readonly Ask[], today: string): Changes {
        const agreed = new Map<string, bigint>();
        const add = (place: string, change: bigint) => agreed.set(place, (agreed.get(place) ?? 0n) + change);
        for (const { reference, deliverer, receiver, quantity } of pairs)
            for (const [owner, side, other] of [
                [deliverer, 'deliver', receiver],
                [receiver, 'receive', deliverer],
            ] as const) {
                const word = this.words.get(`${owner}|${reference}`);
                if (word?.said.counterparty !== other) throw new Error(`${owner} has agreed to nothing with ${other}`);
                if (isAlone(word.said) && side === 'receive') continue;
                if (word.said.side !== side) throw new Error(`${owner} does not ${side}`);
                this.addWord(word, owner, quantity ?? BigInt(word.said.quantity) - word.moved, today, add);
            }
        return new Map([...agreed].filter(([, change]) => change !== 0n));
    }

    private addWord(
        word: Agreed,
        owner: string,
        moved: bigint,
        today: string,
        add: (place: string, change: bigint) => void,
    ): void {
        const { said } = word;
        const sign = said.side === 'deliver' ? 1n : -1n;
        const [free, pledged] = ['free', 'pledged'].map(part => `${owner}|own|${said.asset}|${part}`) as [
            string,
            string,
        ];
        if (moved <= 0n || word.moved + moved > said.quantity) throw new Error(`${owner} has agreed to less`);
        word.moved += moved;
        if (said.kind === 'transfer')
            add(said.side === 'deliver' ? free : `${owner}|${said.account ?? 'own'}|${said.asset}|free`, -sign * moved);
        if (said.kind === 'issue') add(free, moved);
        if (said.kind === 'redeem') add(free, -moved);
        if ((said.kind === 'pledge' && sign > 0n) || (said.kind === 'release' && sign < 0n)) {
            add(free, -sign * moved);
            add(pledged, sign * moved);
        }
        if (said.kind === 'enforce') this.addEnforced(said, owner, moved, today, add);
        if (said.payment?.means === 'deposit') {
            const paid = (said.payment.amount * word.moved) / said.quantity;
            add(`${owner}|own|${said.payment.asset}|free`, sign * (paid - word.paid));
            word.paid = paid;
        }
    }

    /** The pledgor has agreed when it pledged, to this lender and from this day on. */
    private addEnforced(
        said: Instruct,
        lender: string,
        moved: bigint,
        today: string,
        add: (place: string, change: bigint) => void,
    ) {
        const pledge = this.words.get(`${said.pledgor}|${said.lien}`)?.said;
        const isAgreed =
            pledge?.kind === 'pledge' &&
            pledge.asset === said.asset &&
            pledge.counterparty === lender &&
            pledge.enforceableFrom !== undefined &&
            pledge.enforceableFrom <= today;
        if (!isAgreed) throw new Error(`${said.pledgor} has not agreed that ${lender} takes its notes`);
        add(`${said.pledgor}|own|${said.asset}|pledged`, -moved);
        add(`${lender}|own|${said.asset}|free`, moved);
    }

    private mustEqual(agreed: Changes, changes: Changes): void {
        for (const place of new Set([...agreed.keys(), ...changes.keys()]))
            if (agreed.get(place) !== changes.get(place))
                throw new Error(`${place} has changed by ${changes.get(place)}, agreed was ${agreed.get(place)}`);
    }

    /** Nobody gets more than it has ordered, or less than it would take, or pays more than its limit. */
    private mustBeOrdered(changes: Changes, table: Table): void {
        const most = new Map<string, bigint>();
        for (const [place, change] of changes) {
            const [owner = '', account, asset = ''] = place.split('|');
            if (!asset.startsWith('note:')) continue;
            const ordered = this.orders.get(`${owner}|${asset.split(':')[2]}`);
            if (!ordered || account !== 'own') throw new Error(`${place} was not ordered`);
            if (change > ordered.face || change < (ordered.minimum ?? 0n))
                throw new Error(`${place} was ordered otherwise`);
            const cost = costOf(change, ordered.limit ?? '100.5%');
            most.set(owner, (most.get(owner) ?? 0n) + cost);
        }
        for (const [place, change] of changes) {
            const [owner = '', , asset = ''] = place.split('|');
            if (asset.startsWith('cash:') && change < -(most.get(owner) ?? 0n) - BigInt(table.classes.size))
                throw new Error(`${owner} pays more than it has agreed to`);
        }
    }
}

/** Nobody loses anything but those who may. */
function mustOnlyReceive(changes: Changes, mayLose: (place: string) => boolean): void {
    for (const [place, change] of changes)
        if (change < 0n && !mayLose(place)) throw new Error(`${place} has lost ${-change} that it did not give`);
}

/** Notes of a class of which nothing is owed any more. */
function isRepaid(place: string, table: Table): boolean {
    const notes = table.classes.get(place.split('|')[2] ?? '');
    return notes?.owed === 0n;
}

/** Where it lies what waits for a holder or a payee. */
function accountIn(hidden: Act['hidden']): string {
    const { holder, payee } = hidden?.[1] as { holder?: string; payee?: string };
    return payee === undefined ? `held.${holder}` : `payable.${payee}`;
}
