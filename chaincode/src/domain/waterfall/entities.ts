import { unknown } from '../formula/spelling';

import type { Program } from '../formula/compile';
import type { Frame } from '../formula/scope';
import type { Terms } from '../terms/terms';
import type { AccountProgram } from './account';
import type { FeeProgram } from './fee';
import type { HedgeProgram } from './hedge';
import type { TrancheProgram } from './tranche';
import type { Plan } from './principal';
import type { Slot, Vocabulary } from './vocabulary';

/** A ledger while a deal runs. */
export interface LedgerProgram {
    readonly id: string;
    readonly balance: Slot;
    readonly opening: Slot;
}

/** Everything of a deal that has an id and a balance or an amount. */
export interface EntityLists {
    readonly accounts: readonly AccountProgram[];
    readonly fees: readonly FeeProgram[];
    readonly tranches: readonly TrancheProgram[];
    readonly ledgers: readonly LedgerProgram[];
    readonly hedges: readonly HedgeProgram[];
}

/** What an id names is missing. It has been reported. */
class Unresolved extends Error {}

/** Whatever names something missing is left out, so that the rest can still be checked. */
export function unlessUnresolved<T>(compile: () => T): T | undefined {
    try {
        return compile();
    } catch (problem) {
        if (problem instanceof Unresolved) return undefined;
        throw problem;
    }
}

/**
 * The things of a deal by id, for steps that name them. An id that names nothing is reported, and `unlessUnresolved` goes on.
 */
export class Entities {
    constructor(
        private readonly vocabulary: Vocabulary,
        private readonly terms: Terms,
        private readonly lists: EntityLists,
    ) {}

    /** The first account when none is named. */
    account(id: string | undefined, at: string): AccountProgram {
        return this.find('account', this.lists.accounts, id ?? this.terms.accounts[0]?.id ?? '', at);
    }

    fee(id: string, at: string): FeeProgram {
        return this.find('fee', this.lists.fees, id, at);
    }

    ledger(id: string, at: string): LedgerProgram {
        return this.find('ledger', this.lists.ledgers, id, at);
    }

    hedge(id: string, at: string): HedgeProgram {
        return this.find('hedge', this.lists.hedges, id, at);
    }

    trigger(id: string, at: string): void {
        this.mustKnow(
            'trigger',
            (this.terms.triggers ?? []).map(trigger => trigger.id),
            id,
            at,
        );
    }

    status(id: string, at: string): void {
        this.mustKnow(
            'status',
            this.terms.statuses.map(status => status.id),
            id,
            at,
        );
    }

    role(id: string, at: string): void {
        this.mustKnow('role', Object.keys(this.terms.parties), id, at);
    }

    /** A tranche, or the tranches of a group. */
    tranches(id: string, at: string): readonly TrancheProgram[] {
        const groups = this.terms.groups ?? {};
        const ids = Object.hasOwn(groups, id) ? (groups[id] ?? []) : [id];
        return ids.map(one => this.find('tranche', this.lists.tranches, one, at));
    }

    /** A tranche that receives what is left over, or nothing when the payee is a role. */
    payee(id: string, at: string): TrancheProgram | undefined {
        const tranche = this.lists.tranches.find(candidate => candidate.id === id);
        if (!tranche) this.role(id, at);
        return tranche;
    }

    target(account: AccountProgram): Program<bigint> {
        const name = `${account.id}.target`;
        const found = this.vocabulary.compile(name, 'money', `accounts.${account.id}`);
        return { ...found, names: found.names };
    }

    /** The planned balance of a planned-amortisation class on the due date. */
    plan(tranche: TrancheProgram, at: string): Plan | undefined {
        const { plan } = tranche.terms;
        if (plan === undefined) return undefined;
        return this.vocabulary.compile(`schedule(${plan})`, 'money', `${at} (plan of ${tranche.id})`).run;
    }

    private find<T extends { readonly id: string }>(kind: string, list: readonly T[], id: string, at: string): T {
        this.mustKnow(
            kind,
            list.map(candidate => candidate.id),
            id,
            at,
        );
        return list.find(candidate => candidate.id === id) as T;
    }

    private mustKnow(kind: string, known: readonly string[], id: string, at: string): void {
        if (known.includes(id)) return;
        this.vocabulary.report('reference', at, unknown(id, known).replace('name', kind));
        throw new Unresolved();
    }
}

/** The sum of a figure over the tranches of each group, by the names tranches use. */
export function nameGroups(vocabulary: Vocabulary, terms: Terms): void {
    const sums = [
        'balance',
        'interest',
        'interestCarried',
        'interestDue',
        'interestOnCarried',
        'interestPaid',
        'interestShortfall',
        'opening',
        'original',
        'principalPaid',
        'residual',
        'writtenDown',
    ] as const;
    const tranches = terms.tranches.map(({ id }) => id);
    for (const [group, named] of Object.entries(terms.groups ?? {})) {
        const at = `groups.${group}`;
        named.forEach((member, i) => {
            if (!tranches.includes(member))
                vocabulary.report('reference', `${at}[${i}]`, unknown(member, tranches).replace('name', 'tranche'));
        });
        const members = named.filter(member => tranches.includes(member));
        for (const figure of sums) {
            const read = (frame: Frame, reads: readonly ((frame: Frame) => bigint)[]) =>
                reads.reduce((sum, one) => sum + one(frame), 0n);
            vocabulary.defer(
                `${group}.${figure}`,
                () => {
                    const reads = members.map(
                        member => vocabulary.name(`${member}.${figure}`, 1).read as (frame: Frame) => bigint,
                    );
                    return { unit: 'money', read: frame => read(frame, reads) };
                },
                at,
            );
        }
        for (const [factor, figure] of [
            ['factor', 'balance'],
            ['openingFactor', 'opening'],
        ] as const)
            vocabulary.defer(
                `${group}.${factor}`,
                () => {
                    const over = vocabulary.compile(`${group}.${figure} / ${group}.original`, 'rate', at);
                    return over.isBroken ? undefined : { unit: 'rate', read: over.run };
                },
                at,
            );
    }
}

/** Names a ledger's figures. */
export function nameLedger(vocabulary: Vocabulary, id: string, at: string): LedgerProgram {
    const money = (name: string) => vocabulary.slot(`${id}.${name}`, 'money', `${at}.id`);
    return { id, balance: money('balance'), opening: money('opening') };
}
