import { book, closed } from '../desk';

import type {
    HolderNotice,
    Holding,
    Instruction,
    Lien,
    Order,
    Payable,
    StandingRecord,
} from '@poolproof/chaincode/domain';
import type { Changes } from './consent';
import type { Client, MemoryLedger } from '../../chaincode/memory-ledger';
import type { Table, Word } from './table';

/** As they lie in a book: amounts are decimal strings. */
type Stored<T> = { readonly [K in keyof T]: T[K] extends bigint | string ? string : Stored<T[K]> };

/**
 * Compares the ledger's own records, as they lie there, with the model: every amount after every transaction, everything in every book
 * from time to time. The contract's queries are not asked.
 */
export class Auditor {
    /** What was decoded of a value; a value that is written again is another one. */
    private readonly decoded = new WeakMap<Uint8Array, unknown>();
    private holdings = new Map<string, bigint>();

    constructor(
        private readonly ledger: MemoryLedger,
        private readonly table: Table,
        private readonly institutions: readonly string[],
    ) {}

    /** Takes the amounts as they are from now on. @returns by how much each has changed since the last time */
    look(): Changes {
        const before = this.holdings;
        this.holdings = new Map();
        for (const { institution, account, asset, free, pledged } of this.all<Holding>('holding'))
            for (const [part, quantity] of [
                ['free', free],
                ['pledged', pledged],
            ] as const)
                if (quantity !== '0') this.holdings.set(`${institution}|${account}|${asset}|${part}`, BigInt(quantity));
        const changes = new Map<string, bigint>();
        for (const place of new Set([...before.keys(), ...this.holdings.keys()])) {
            const change = (this.holdings.get(place) ?? 0n) - (before.get(place) ?? 0n);
            if (change !== 0n) changes.set(place, change);
        }
        return changes;
    }

    /** Every amount is the model's, and all books together hold what the public record says is outstanding. */
    checkAmounts(): void {
        const { table } = this;
        same('amounts', this.holdings, new Map([...table.amounts].filter(([, quantity]) => quantity !== 0n)));
        const sums = new Map<string, bigint>();
        for (const [place, quantity] of this.holdings) {
            if (quantity < 0n) throw new Error(`${place} is below nothing`);
            const asset = place.split('|')[2] ?? '';
            sums.set(asset, (sums.get(asset) ?? 0n) + quantity);
        }
        for (const [asset, expected] of table.deposits) {
            const { outstanding } = this.record<{ outstanding: string }>('deposit', asset);
            if (BigInt(outstanding) !== (sums.get(asset) ?? 0n)) throw new Error(`${asset} is not conserved`);
            if (BigInt(outstanding) !== expected) throw new Error(`${asset} has another supply than in the model`);
        }
        for (const [asset, notes] of table.classes) {
            const record = this.record<Record<string, string>>('tranche', ...asset.split(':').slice(1));
            if (BigInt(record['outstanding'] ?? '') !== (sums.get(asset) ?? 0n))
                throw new Error(`${asset} is not conserved`);
            if (notes.owed + notes.writtenDown + notes.repaid !== notes.original)
                throw new Error(`principal of ${asset} has been lost`);
            const { status, owed, writtenDown, outstanding, subscribed } = notes;
            const factor = factorOf(owed, notes.original);
            const expected = {
                status,
                balance: `${owed}`,
                writtenDown: `${writtenDown}`,
                outstanding: `${outstanding}`,
                factor,
                subscribed: subscribed?.toString(),
            };
            for (const [name, value] of Object.entries(expected))
                if (record[name] !== value) throw new Error(`${asset}: ${name} is ${record[name]}, not ${value}`);
        }
    }

    /** Everything in every book. */
    checkBooks(): void {
        const { table } = this;
        same('files', this.files(), new Map([...table.files].map(([owner, file]) => [owner, text(file)])));
        same('instructions', this.instructions(), mapped(table.words, wordText));
        same('liens', this.liens(), this.chargesExpected());
        same('payables', this.payables(), this.payablesExpected());
        same(
            'orders',
            this.orders(),
            mapped(table.orders, ({ face, minimum, status, allotted, due }) =>
                text({ face, minimum, status, allotted, due }),
            ),
        );
        same(
            'notices',
            this.notices(),
            mapped(table.notices, ({ status, total, lines, sendings }) => text({ status, total, lines, sendings })),
        );
        this.checkEvenings();
        this.checkPledged();
        this.checkPayments();
    }

    /** What the contract answers to somebody who asks for a book: what stands in it, and what is closed. */
    async checkAnswers(client: Client): Promise<void> {
        const { institution } = client;
        const { holdings, instructions, liens } = await book(this.ledger, client);
        const names = [...instructions, ...(await closed(this.ledger, client))].map(({ reference }) => reference);
        const own = <T>(records: ReadonlyMap<string, T>) =>
            [...records].filter(([key]) => key.startsWith(`${institution}|`));
        const references = own(this.table.words).map(([key]) => key.split('|')[1]);
        if (names.sort().join() !== references.sort().join())
            throw new Error(`${institution} reads other instructions`);
        const open = own(this.table.words).filter(([, { status }]) => status === 'open');
        if (open.length !== instructions.length) throw new Error(`${institution} reads other open instructions`);
        const standing = own(this.table.charges).filter(([, { left }]) => left > 0n);
        if (standing.length !== liens.length) throw new Error(`${institution} reads other liens`);
        for (const { asset, account, free, pledged } of holdings)
            if (
                BigInt(free) !== this.table.amount(institution, asset, 'free', account) ||
                BigInt(pledged) !== this.table.amount(institution, asset, 'pledged', account)
            )
                throw new Error(`${institution} reads another amount of ${asset}`);
    }

    /** The public record of every payment date: what has left the deal's account went to holders and to parties. */
    private checkPayments(): void {
        for (const [period, { paid, parties }] of [...this.table.runs, ...this.table.paidOut]) {
            const number = String(period).padStart(5, '0');
            const record = this.record<{ status: string; total?: string }>('distribution', this.table.dealId, number);
            const told = [...this.table.notices].filter(([key]) => key.endsWith(`|${period}`));
            const sum = [...told.map(([, { total }]) => total), ...parties.map(({ amount }) => amount)];
            const total = sum.reduce((all, each) => all + each, 0n);
            if (record.status !== (paid ? 'paid' : 'scheduled') || (paid && record.total !== `${total}`))
                throw new Error(
                    `the record of period ${period} says ${record.status} and ${record.total}, not ${total}`,
                );
        }
    }

    private files(): Map<string, string> {
        const files = this.all<{ standing: StandingRecord }>('cover').map(({ standing }) => {
            const { clearedUntil, categories, suspended, paidOutside = false } = standing;
            return [standing.institution, text({ clearedUntil, categories, suspended, paidOutside })] as const;
        });
        return new Map(files);
    }

    private instructions(): Map<string, string> {
        // One that was withdrawn and placed again lies in both places: what was placed again counts.
        const all = [...this.placed('closed'), ...this.placed('instruction')];
        return new Map(
            all.map(each => {
                const { institution, reference, status, settled, paid, paymentReference: seen } = each;
                return [`${institution}|${reference}`, text({ status, settled, paid, seen })];
            }),
        );
    }

    /** What stands under references: of those that were placed together, it is told only where they lie. */
    private placed(noun: string): Stored<Instruction>[] {
        const sheets = new Map<string, Stored<Instruction>>();
        for (const { id, instructions } of this.all<{ id: string; instructions: readonly Instruction[] }>('sheet'))
            for (const each of instructions) sheets.set(`${id}|${each.reference}`, each);
        return this.all<Instruction | { onSheet: string; reference: string }>(noun).map(each => {
            if (!('onSheet' in each)) return each;
            const found = sheets.get(`${each.onSheet}|${each.reference}`);
            if (!found) throw new Error(`${each.reference} is not on its sheet`);
            return found;
        });
    }

    private liens(): Map<string, string> {
        return new Map(
            this.all<Lien>('lien').map(
                ({ pledgor, reference, lender, asset, quantity: left, enforceableFrom: from }) => [
                    `${pledgor}|${reference}`,
                    text({ lender, asset, left, from }),
                ],
            ),
        );
    }

    private chargesExpected(): Map<string, string> {
        const standing = [...this.table.charges].filter(([, { left }]) => left > 0n);
        return mapped(new Map(standing), ({ lender, asset, left, from }) => text({ lender, asset, left, from }));
    }

    private orders(): Map<string, string> {
        const orders = this.all<Order>('order').map(each => {
            const { face, minimum, status, allotted, due } = each;
            return [`${each.investor}|${each.className}`, text({ face, minimum, status, allotted, due })] as const;
        });
        return new Map(orders);
    }

    private payables(): Map<string, string> {
        const payables = this.institutions.flatMap(book =>
            this.inBook<Payable>(book, 'payable').map(({ payee, period, amount, status, sendings }) => {
                return [`${book}|${payee}|${period}`, text({ amount, status, sendings: sendings.length })] as const;
            }),
        );
        return new Map(payables);
    }

    /** In the book where the cash lies, and in that of the institution which it is for. */
    private payablesExpected(): Map<string, string> {
        const expected = [...this.table.aside].flatMap(([key, { institution = 'trust', ...aside }]) =>
            ['trust', institution].map(book => [`${book}|${key}`, text(aside)] as const),
        );
        return new Map(expected);
    }

    private notices(): Map<string, string> {
        const notices = this.all<HolderNotice>('notice').map(({ holder, period, status, total, classes, sendings }) => {
            const lines = classes.map(({ className, face, interest, principal, residual }) => [
                className,
                { face, interest, principal, residual },
            ]);
            const told = { status, total, lines: Object.fromEntries(lines) as object, sendings: sendings.length };
            return [`${holder}|${period}`, text(told)] as const;
        });
        return new Map(notices);
    }

    /** What was held at the end of each of the last days, and is held today. */
    private checkEvenings(): void {
        const days = [...[...this.table.evenings.keys()].slice(-90), this.table.day];
        for (const { institution, asset, closings } of this.all<Holding>('holding')) {
            if (!asset.startsWith('note:')) continue;
            for (const day of days) {
                const closing = closings.filter(each => String(each.day) <= day).at(-1)?.quantity ?? '0';
                if (BigInt(closing) !== this.table.faceOn(institution, asset, day))
                    throw new Error(`${institution} held another amount of ${asset} on ${day} than in the model`);
            }
        }
    }

    /** What is pledged is what the charges on it say. */
    private checkPledged(): void {
        const charged = new Map<string, bigint>();
        for (const [key, { asset, left }] of this.table.charges) {
            const place = `${key.split('|')[0]}|own|${asset}|pledged`;
            charged.set(place, (charged.get(place) ?? 0n) + left);
        }
        const pledged = [...this.holdings].filter(([place]) => place.endsWith('|pledged'));
        same('pledged', new Map(pledged), new Map([...charged].filter(([, left]) => left > 0n)));
    }

    /** Every record of a noun in the books. */
    private all<T>(noun: string): Stored<T>[] {
        return this.institutions.flatMap(institution => this.inBook<T>(institution, noun));
    }

    private inBook<T>(institution: string, noun: string): Stored<T>[] {
        return [...this.ledger.hiddenIn(`book_${institution}`)]
            .filter(([key]) => key.startsWith(`\u0000${noun}\u0000`))
            .map(([, value]) => (this.decode(value) as { value: Stored<T> }).value);
    }

    private record<T>(...parts: string[]): T {
        const value = this.ledger.state.get(`\u0000${parts.join('\u0000')}\u0000`);
        if (value === undefined) throw new Error(`no ${parts.join(' ')}`);
        return this.decode(value) as T;
    }

    private decode(value: Uint8Array): unknown {
        const known = this.decoded.get(value);
        if (known !== undefined) return known;
        const read: unknown = JSON.parse(Buffer.from(value).toString());
        this.decoded.set(value, read);
        return read;
    }
}

/** Seven decimals, half up. */
function factorOf(owed: bigint, original: bigint): string {
    const digits = ((2n * owed * 10_000_000n + original) / (2n * original)).toString().padStart(8, '0');
    return `${digits.slice(0, -7)}.${digits.slice(-7)}`;
}

function wordText({ status, settled, paid, seen }: Word): string {
    const open = settled > 0n ? 'partly-settled' : 'placed';
    return text({ status: status === 'open' ? open : status, settled, paid, seen });
}

function mapped<T>(records: ReadonlyMap<string, T>, textOf: (record: T) => string): Map<string, string> {
    return new Map([...records].map(([key, record]) => [key, textOf(record)]));
}

/** With its members in order, and amounts as decimal strings. */
function text(value: unknown): string {
    return JSON.stringify(value, (_, part: unknown) => {
        if (typeof part === 'bigint') return part.toString();
        if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
        return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
    });
}

function same<T>(what: string, ledger: ReadonlyMap<string, T>, model: ReadonlyMap<string, T>): void {
    for (const key of new Set([...ledger.keys(), ...model.keys()]))
        if (ledger.get(key) !== model.get(key))
            throw new Error(
                `${what}: ${key} is ${String(ledger.get(key))} on the ledger and ${String(model.get(key))} in the model`,
            );
}
