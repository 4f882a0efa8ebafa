import type { Instruct } from '@poolproof/chaincode/domain';

/** One side's word, as the model remembers it. */
export interface Word {
    readonly said: Instruct;
    status: 'open' | 'settled' | 'cancelled' | 'expired';
    settled: bigint;
    paid: bigint;
    /** Reference of the cash that the deliverer has seen arrive outside. */
    seen?: string;
}

export interface Charge {
    readonly lender: string;
    readonly asset: string;
    readonly from: string | undefined;
    left: bigint;
}

/** What the depository knows of a holder. */
export interface File {
    readonly clearedUntil: string;
    readonly categories: readonly string[];
    readonly suspended: boolean;
    readonly paidOutside: boolean;
}

export interface NoteClass {
    readonly original: bigint;
    /** 1 is the most senior. */
    readonly rank: number;
    readonly minimum: bigint;
    readonly increment: bigint;
    readonly lockedUntil: string | undefined;
    readonly categories: readonly string[];
    status: 'authorised' | 'allotted' | 'outstanding' | 'redeemed' | 'cancelled';
    /** What was ordered at the price, where three or more did. */
    subscribed?: bigint | undefined;
    outstanding: bigint;
    /** Principal owed, written down, and repaid: together the original, always. */
    owed: bigint;
    writtenDown: bigint;
    repaid: bigint;
    interestOwed: bigint;
}

export interface Wanted {
    readonly face: bigint;
    readonly minimum: bigint;
    readonly limit: string | undefined;
    status: 'placed' | 'withdrawn' | 'allotted' | 'unfilled' | 'settled';
    allotted: bigint;
    due: bigint;
}

/** What a class pays on a payment date: public figures, which the waterfall's own tests answer for. */
export interface Paying {
    readonly interest: bigint;
    readonly principal: bigint;
    readonly residual: bigint;
    readonly interestShortfall: bigint;
    readonly writtenDown: bigint;
    readonly balanceBeginning: bigint;
    readonly balanceEnding: bigint;
}

export interface Run {
    readonly paymentDate: string;
    readonly recordDate: string;
    readonly classes: Readonly<Record<string, Paying>>;
    /** What the other parties of the terms are paid, by their roles, and which institutions they are. */
    readonly parties: readonly {
        readonly payee: string;
        readonly institution?: string | undefined;
        readonly amount: bigint;
    }[];
    paid: boolean;
}

export interface Line {
    readonly face: bigint;
    readonly interest: bigint;
    readonly principal: bigint;
    readonly residual: bigint;
}

export interface Told {
    status: 'paid' | 'held' | 'due' | 'sent' | 'returned' | 'released';
    readonly total: bigint;
    readonly lines: Readonly<Record<string, Line>>;
    sendings: number;
}

/** What is set aside for somebody whose book is not here, or who was suspended. */
export interface Aside {
    readonly amount: bigint;
    readonly institution: string | undefined;
    status: 'due' | 'sent' | 'returned' | 'released';
    sendings: number;
}

export type Part = 'free' | 'pledged';

/**
 * Everything that there is to know, in tables as plain as they come: who holds how much where, who has said what, and what is owed. The
 * rules beside it share no code with the chaincode.
 */
export class Table {
    /** `owner|account|asset|part` */
    readonly amounts = new Map<string, bigint>();
    /** Face of every `owner|asset` at the end of each day gone by. */
    readonly evenings = new Map<string, ReadonlyMap<string, bigint>>();
    /** On which days the notes that somebody has have changed: `owner|asset`. */
    private readonly changeDays = new Map<string, readonly string[]>();
    /** `owner|reference` */
    readonly words = new Map<string, Word>();
    /** `pledgor|reference` */
    readonly charges = new Map<string, Charge>();
    readonly files = new Map<string, File>();
    /** By asset. */
    readonly classes = new Map<string, NoteClass>();
    readonly deposits = new Map<string, bigint>();
    /** `investor|class` */
    readonly orders = new Map<string, Wanted>();
    /** The orders of the closed book. */
    allotment: readonly string[] | undefined;
    readonly runs = new Map<number, Run>();
    /** What was left of a deal that had ended, as the payments after those of its runs. */
    readonly paidOut = new Map<number, Run>();
    /** Principal that the trustee has reinstated, by `period|class`. */
    readonly reinstated = new Map<string, bigint>();
    /** `holder|period` */
    readonly notices = new Map<string, Told>();
    /** `payee|period` */
    readonly aside = new Map<string, Aside>();
    deal: 'sealed' | 'issued' | 'closed' = 'sealed';

    constructor(
        readonly dealId: string,
        public day: string,
    ) {}

    amount(owner: string, asset: string, part: Part = 'free', account = 'own'): bigint {
        return this.amounts.get(`${owner}|${account}|${asset}|${part}`) ?? 0n;
    }

    /** Free and pledged. */
    face(owner: string, asset: string): bigint {
        return this.amount(owner, asset) + this.amount(owner, asset, 'pledged');
    }

    /** Adds to a place, and to nothing else: who calls it takes the same from another, or from what is outstanding. */
    add(place: string, quantity: bigint): void {
        this.amounts.set(place, (this.amounts.get(place) ?? 0n) + quantity);
        const [owner = '', , asset = ''] = place.split('|');
        const days = this.daysOf(owner, asset);
        if (quantity !== 0n && asset.startsWith('note:') && days.at(-1) !== this.day)
            this.changeDays.set(`${owner}|${asset}`, [...days, this.day]);
    }

    /** Whether a book still tells what it held of an asset at the end of a day: it forgets what was long past when it changed last. */
    remembers(owner: string, asset: string, day: string): boolean {
        const days = this.daysOf(owner, asset);
        const last = days.at(-1) ?? day;
        const oldest = days.filter(each => daysBetween(each, last) >= 100).at(-1);
        return oldest === undefined || oldest <= day;
    }

    private daysOf(owner: string, asset: string): readonly string[] {
        return this.changeDays.get(`${owner}|${asset}`) ?? [];
    }

    asset(className: string): string {
        return `note:${this.dealId}:${className}`;
    }

    classOf(className: string): NoteClass {
        const found = this.classes.get(this.asset(className));
        if (found === undefined) throw new Error(`no class ${className}`);
        return found;
    }

    isActive(owner: string): boolean {
        return this.files.get(owner)?.suspended === false;
    }

    /** Whether somebody may come to hold notes of these categories today. */
    mayHold(owner: string, categories: readonly string[]): boolean {
        const file = this.files.get(owner);
        if (file === undefined || file.clearedUntil < this.day) return false;
        return categories.length === 0 || categories.some(category => file.categories.includes(category));
    }

    /** What somebody held at the end of a day, or holds now on the day itself. */
    faceOn(owner: string, asset: string, day: string): bigint {
        return day >= this.day ? this.face(owner, asset) : (this.evenings.get(day)?.get(`${owner}|${asset}`) ?? 0n);
    }

    /** The day ends, and another begins. Days only go forward, a month at most. */
    openDay(day: string): boolean {
        if (day <= this.day || daysBetween(this.day, day) > 31) return false;
        const evening = new Map<string, bigint>();
        for (const [key, quantity] of this.amounts) {
            const [owner = '', , asset = ''] = key.split('|');
            if (!asset.startsWith('note:')) continue;
            evening.set(`${owner}|${asset}`, (evening.get(`${owner}|${asset}`) ?? 0n) + quantity);
        }
        for (let each = this.day; each < day; each = following(each)) this.evenings.set(each, evening);
        this.day = day;
        return true;
    }
}

export function daysBetween(from: string, to: string): number {
    return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000;
}

function following(day: string): string {
    return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
