import type { Seeded } from './seeded';

/** One call of the stub: its short name in the chaincode, and its arguments. */
export type Step = readonly [name: string, ...args: unknown[]];

/** One transaction as a client proposes it. */
export interface Proposed {
    /** Institution of the client. */
    readonly client: string;
    readonly steps: readonly Step[];
    readonly transient?: Readonly<Record<string, string>>;
    /** MSP ids; absent leaves the choice to the gateway. */
    readonly endorsers?: readonly string[];
}

/**
 * One case: a query, a transaction, transactions endorsed on the same state and then committed one after another
 * (`rivals`), or likewise in one block (`blockmates`).
 */
export interface Case {
    readonly kind: 'query' | 'transaction' | 'rivals' | 'blockmates';
    readonly proposed: readonly Proposed[];
}

export const institutions = ['bank', 'trust', 'regulator'] as const;
const mspIds = ['BankMSP', 'TrustMSP', 'RegulatorMSP'] as const;
const collections = ['open', 'pair', 'solo', 'brief'] as const;
const implicit = ['_implicit_org_BankMSP', '_implicit_org_TrustMSP'] as const;

/** Few keys, so that transactions meet; some odd ones, whose order by bytes is not that of UTF-16. */
const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'k10', 'k2', 'é', '\uffee', '\u{1f600}', 'long'.repeat(40)] as const;
const rowCount = 130;

/** What every workload starts with: enough rows for batches of a range, composite keys, private values, a protected key. */
export function opening(): readonly Case[] {
    const rows = Array.from({ length: rowCount }, (_, index): Step => ['put', row(index), String(index)]);
    const parts = ['x', 'y'].flatMap(first => ['1', '2'].map(second => [first, second]));
    const secrets = Object.fromEntries(collections.map(collection => [collection, `secret of ${collection}`]));
    return [
        transaction({ client: 'bank', steps: rows }),
        transaction({ client: 'trust', steps: parts.map((list): Step => ['putComposite', 'pair', list, list.join()]) }),
        transaction({
            client: 'bank',
            steps: (['open', 'pair', 'brief'] as const).map((name): Step => ['privatePut', name, 'a', name]),
            transient: secrets,
            endorsers: ['BankMSP', 'TrustMSP'],
        }),
        transaction({ client: 'bank', steps: [['privatePut', 'solo', 'a', 'solo']], transient: secrets }),
        transaction({
            client: 'bank',
            steps: [
                ['put', 'guarded', '1'],
                ['protect', 'guarded', ['TrustMSP']],
            ],
        }),
    ];
}

/** A random case. */
export function randomCase(seeded: Seeded): Case {
    const lot = seeded.below(100);
    if (lot < 15) return { kind: 'query', proposed: [anyOf(seeded, 6)] };
    if (lot < 35) return transaction(publicOne(seeded, 6));
    if (lot < 55) return transaction(privateOne(seeded));
    if (lot < 70) return { kind: 'rivals', proposed: seeded.times(2, () => rival(seeded)) };
    if (lot < 80) return { kind: 'blockmates', proposed: seeded.times(2 + seeded.below(2), () => rival(seeded)) };
    if (lot < 90) return transaction(guardedOne(seeded));
    return transaction(anyOf(seeded, 4));
}

function transaction(proposed: Proposed): Case {
    return { kind: 'transaction', proposed: [proposed] };
}

function publicOne(seeded: Seeded, most: number): Proposed {
    const steps = seeded.times(1 + seeded.below(most), () => publicStep(seeded));
    return { client: seeded.one(institutions), steps, ...endorsers(seeded) };
}

function privateOne(seeded: Seeded): Proposed {
    const steps = seeded.times(1 + seeded.below(3), () => privateStep(seeded));
    const some = seeded.chance(30) ? [publicStep(seeded)] : [];
    return {
        client: seeded.one(institutions),
        steps: [...steps, ...some],
        transient: values(seeded),
        ...endorsers(seeded),
    };
}

function anyOf(seeded: Seeded, most: number): Proposed {
    const step = (): Step =>
        seeded.one([() => publicStep(seeded), () => privateStep(seeded), () => rareStep(seeded)])();
    const steps = seeded.times(1 + seeded.below(most), step);
    return { client: seeded.one(institutions), steps, transient: values(seeded), ...endorsers(seeded) };
}

/** Writes to the key that the trust company protects, and changes of its protection. */
function guardedOne(seeded: Seeded): Proposed {
    const steps: readonly Step[] = seeded.one<readonly Step[]>([
        [['put', 'guarded', value(seeded)]],
        [
            ['get', 'guarded'],
            ['protection', 'guarded'],
        ],
        [['protect', 'guarded', [seeded.one(mspIds)]]],
        [['remove', 'guarded']],
        [
            ['put', 'guarded', value(seeded)],
            ['put', seeded.one(keys), value(seeded)],
        ],
        [['privateProtect', 'open', 'a', [seeded.one(mspIds)]]],
        [['protect', seeded.one(keys), seeded.some(mspIds)]],
    ]);
    return { client: seeded.one(institutions), steps, ...endorsers(seeded) };
}

/** Few steps on few keys: likely to conflict with another of its kind. */
function rival(seeded: Seeded): Proposed {
    const key = (): string => seeded.one(keys.slice(0, 3));
    const steps = seeded.times(1 + seeded.below(3), () => {
        const protectedKey = key();
        return seeded.one<readonly Step[]>([
            [['get', key()]],
            [['put', key(), value(seeded)]],
            [['remove', key()]],
            [['range', 'a', 'd']],
            [['rangeFirst', 'a', '', 2]],
            [['privateHash', 'open', key()]],
            // Always with a value: a peer of Fabric 2.5 panics on a block in which one transaction deletes a key and a
            // later one only sets its policy.
            [
                ['put', protectedKey, value(seeded)],
                ['protect', protectedKey, [seeded.one(mspIds)]],
            ],
        ]);
    });
    return { client: seeded.one(institutions), steps: steps.flat(), endorsers: ['BankMSP', 'TrustMSP'] };
}

function publicStep(seeded: Seeded): Step {
    const key = (): string => seeded.one(keys);
    return seeded.one<Step>([
        ['get', key()],
        ['get', key()],
        ['put', key(), value(seeded)],
        ['put', key(), value(seeded)],
        ['put', key(), ''],
        ['remove', key()],
        ['range', key(), seeded.one(['', ...keys])],
        ['range', row(seeded.below(rowCount)), row(seeded.below(rowCount))],
        ['rangeFirst', row(0), '', seeded.one([1, 49, 50, 51, 99, 100, 101, 120])],
        ['partial', 'pair', seeded.one([[], ['x'], ['x', '1'], ['z']])],
        ['putComposite', 'pair', ['x', seeded.one(['1', '3'])], value(seeded)],
        ['history', key()],
        ['protection', key()],
        ['event', seeded.one(['told', 'done']), value(seeded)],
        ['creator'],
    ]);
}

function privateStep(seeded: Seeded): Step {
    const key = (): string => seeded.one(keys.slice(0, 4));
    const collection = seeded.chance(85) ? seeded.one(collections) : seeded.one([...implicit, 'unknown']);
    return seeded.one<Step>([
        ['privateGet', collection, key()],
        ['privatePut', collection, key(), 'first'],
        ['privatePut', collection, key(), 'second'],
        ['privateHash', collection, key()],
        ['privateRemove', collection, key()],
        ['privatePurge', collection, key()],
        ['privateRange', collection, 'a', 'c'],
    ]);
}

/** Calls that are refused, or that leave the chaincode's own namespace. */
function rareStep(seeded: Seeded): Step {
    return seeded.one<Step>([
        ['page', row(0), '', seeded.one([1, 7, 100, 120]), ''],
        ['page', row(0), row(40), 10, row(20)],
        ['rich', '{"selector":{}}'],
        ['fail', 'CODE: refused by the script'],
        ['call', 'nobody', ['get'], ''],
        ['call', 'qscc', ['GetChainInfo', 'differential'], ''],
        ['peer'],
        ['get', ''],
        ['put', '', 'x'],
        ['range', '\u0000x', ''],
        ['event', '', 'nameless'],
    ]);
}

function endorsers(seeded: Seeded): { readonly endorsers?: readonly string[] } {
    if (seeded.chance(40)) return {};
    const chosen = seeded.some(mspIds);
    return chosen.length === 0 ? {} : { endorsers: chosen };
}

function values(seeded: Seeded): Readonly<Record<string, string>> {
    return { first: value(seeded), second: value(seeded) };
}

function value(seeded: Seeded): string {
    return String(seeded.below(1000));
}

function row(index: number): string {
    return `row${String(index).padStart(4, '0')}`;
}
