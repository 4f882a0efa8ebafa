import type { Random } from '../setting/random';

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
export function randomCase(random: Random): Case {
    const lot = random.below(100);
    if (lot < 15) return { kind: 'query', proposed: [answeredByOne(anyOf(random, 6))] };
    if (lot < 35) return transaction(publicOne(random, 6));
    if (lot < 55) return transaction(privateOne(random));
    if (lot < 70) return { kind: 'rivals', proposed: random.times(2, () => rival(random)) };
    if (lot < 80) return { kind: 'blockmates', proposed: random.times(2 + random.below(2), () => rival(random)) };
    if (lot < 90) return transaction(guardedOne(random));
    return transaction(anyOf(random, 4));
}

/** What every workload ends with: each institution reads all there is of state, history, policies and private data. */
export function closing(): readonly Case[] {
    const readable = keys.slice(0, 4);
    const steps: readonly Step[] = [
        ['range', '', ''],
        ['partial', 'pair', []],
        ...[...keys, 'guarded', row(0), row(rowCount - 1)].flatMap((key): readonly Step[] => [
            ['get', key],
            ['history', key],
            ['protection', key],
        ]),
        ...[...collections, ...implicit].flatMap((collection): readonly Step[] => [
            ['privateRange', collection, '', ''],
            ...readable.flatMap((key): readonly Step[] => [
                ['privateGet', collection, key],
                ['privateHash', collection, key],
            ]),
        ]),
    ];
    return institutions.map(client => ({ kind: 'query', proposed: [{ client, steps }] }));
}

function transaction(proposed: Proposed): Case {
    return { kind: 'transaction', proposed: [proposed] };
}

function publicOne(random: Random, most: number): Proposed {
    const steps = random.times(1 + random.below(most), () => publicStep(random));
    return { client: random.of(institutions), steps, ...endorsers(random) };
}

function privateOne(random: Random): Proposed {
    const steps = random.times(1 + random.below(3), () => privateStep(random));
    const some = random.chance(30) ? [publicStep(random)] : [];
    return {
        client: random.of(institutions),
        steps: [...steps, ...some],
        transient: values(random),
        ...endorsers(random),
    };
}

function anyOf(random: Random, most: number): Proposed {
    const step = (): Step => random.of([() => publicStep(random), () => privateStep(random), () => rareStep(random)])();
    const steps = random.times(1 + random.below(most), step);
    return { client: random.of(institutions), steps, transient: values(random), ...endorsers(random) };
}

/**
 * A question that names several other institutions goes to the one whose peer is highest, by what gossip has last told: on peers in step,
 * any of them. So it names one, or the client's own, which comes before all others.
 */
function answeredByOne(proposed: Proposed): Proposed {
    const { client, endorsers } = proposed;
    const own = mspIds[institutions.findIndex(institution => institution === client)]!;
    if (endorsers === undefined || endorsers.includes(own)) return proposed;
    return { ...proposed, endorsers: endorsers.slice(0, 1) };
}

/** Writes to the key that the trust company protects, and changes of its protection. */
function guardedOne(random: Random): Proposed {
    const steps: readonly Step[] = random.of<readonly Step[]>([
        [['put', 'guarded', value(random)]],
        [
            ['get', 'guarded'],
            ['protection', 'guarded'],
        ],
        [['protect', 'guarded', [random.of(mspIds)]]],
        [['remove', 'guarded']],
        [
            ['put', 'guarded', value(random)],
            ['put', random.of(keys), value(random)],
        ],
        [['privateProtect', 'open', 'a', [random.of(mspIds)]]],
        [['protect', random.of(keys), random.some(mspIds)]],
    ]);
    return { client: random.of(institutions), steps, ...endorsers(random) };
}

/** Few steps on few keys: likely to conflict with another of its kind. */
function rival(random: Random): Proposed {
    const key = (): string => random.of(keys.slice(0, 3));
    const steps = random.times(1 + random.below(3), () => {
        const protectedKey = key();
        return random.of<readonly Step[]>([
            [['get', key()]],
            [['put', key(), value(random)]],
            [['remove', key()]],
            [['range', 'a', 'd']],
            [['rangeFirst', 'a', '', 2]],
            [['privateHash', 'open', key()]],
            // Always with a value: a peer of Fabric 2.5 panics on a block in which one transaction deletes a key and a
            // later one only sets its policy.
            [
                ['put', protectedKey, value(random)],
                ['protect', protectedKey, [random.of(mspIds)]],
            ],
        ]);
    });
    return { client: random.of(institutions), steps: steps.flat(), endorsers: ['BankMSP', 'TrustMSP'] };
}

function publicStep(random: Random): Step {
    const key = (): string => random.of(keys);
    return random.of<Step>([
        ['get', key()],
        ['get', key()],
        ['put', key(), value(random)],
        ['put', key(), value(random)],
        ['put', key(), ''],
        ['remove', key()],
        ['range', key(), random.of(['', ...keys])],
        ['range', row(random.below(rowCount)), row(random.below(rowCount))],
        ['rangeFirst', row(0), '', random.of([1, 49, 50, 51, 99, 100, 101, 120])],
        ['partial', 'pair', random.of([[], ['x'], ['x', '1'], ['z']])],
        ['putComposite', 'pair', ['x', random.of(['1', '3'])], value(random)],
        ['history', key()],
        ['protection', key()],
        ['event', random.of(['told', 'done']), value(random)],
        ['creator'],
    ]);
}

function privateStep(random: Random): Step {
    const key = (): string => random.of(keys.slice(0, 4));
    const collection = random.chance(85) ? random.of(collections) : random.of([...implicit, 'unknown']);
    return random.of<Step>([
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
function rareStep(random: Random): Step {
    return random.of<Step>([
        ['page', row(0), '', random.of([1, 7, 100, 120]), ''],
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

function endorsers(random: Random): { readonly endorsers?: readonly string[] } {
    if (random.chance(40)) return {};
    const chosen = random.some(mspIds);
    return chosen.length === 0 ? {} : { endorsers: chosen };
}

function values(random: Random): Readonly<Record<string, string>> {
    return { first: value(random), second: value(random) };
}

function value(random: Random): string {
    return String(random.below(1000));
}

function row(index: number): string {
    return `row${String(index).padStart(4, '0')}`;
}
