import { addDays } from '@poolproof/chaincode/domain';

import { bankA, dealId, dollars, loans, trust } from '../desk';
import {
    checkRun,
    distribute,
    end,
    payOut,
    reinstate,
    release,
    releaseAside,
    retire,
    send,
    sendAside,
    takeBack,
    takeBackAside,
} from './paying';
import { daysTo } from '../../setting/month';
import { privately, requestId, stateChunk } from '../../chaincode/builders';

import type { Act } from './act';
import type { Day, Issue, RunRecord } from '@poolproof/chaincode/domain';
import type { Payer } from './paying';
import type { File, Paying, Run } from './table';
import type { Row } from '../../chaincode/builders';
import type { Scene } from './scene';

const payer: Payer = { cash: dollars, dealAccount: `trust|${dealId}`, depository: 'trust' };

/** A payment to a payee of the terms. */
interface Named {
    readonly dealId: string;
    readonly period: number;
    readonly payee: string;
    readonly paymentReference?: string;
    readonly reason?: string;
}

/** What happens to a deal from month to month: what its loans pay is made up, and what the waterfall makes of it is taken as it is. */
export class Months {
    private readonly balances = new Map(loans.map(row => [String(row['assetNumber']), 1_000_000]));
    /** Whether the servicer means to call the notes, and the trustee to accelerate them. */
    windsUp = false;
    private reported = 0;
    /** Periods whose run has left nothing more to pay, and those for which the trustee has declared a status nevertheless. */
    private readonly final = new Set<number>();
    private readonly declared = new Set<number>();
    /** What each run was told of the price of the pool, and says has come in; and what the servicer has handed over. */
    private readonly prices = new Map<number, number>();
    private readonly collected = new Map<number, bigint>();
    private remitted = 0n;

    constructor(private readonly scene: Scene) {}

    get next(): number {
        return this.scene.table.runs.size + 1;
    }

    /** Whether no principal is owed any more, nor will be from the next run on. */
    get isRepaid(): boolean {
        const { classes, reinstated } = this.scene.table;
        const isPending = [...reinstated.keys()].some(key => Number(key.split('|')[0]) >= this.next);
        return !isPending && [...classes.values()].every(({ owed }) => owed === 0n);
    }

    /** How many runs wait to be paid. */
    get unpaid(): number {
        return [...this.scene.table.runs.values()].filter(({ paid }) => !paid).length;
    }

    /** Whether a holder's payment waits at the depository, or has been sent. */
    get isWaited(): boolean {
        return [...this.scene.table.notices.values()].some(({ status }) => status !== 'paid' && status !== 'released');
    }

    /** What the servicer still owes to the deal's account. */
    get toRemit(): bigint {
        return [...this.collected.values()].reduce((sum, each) => sum + each, 0n) - this.remitted;
    }

    /** So much of it has arrived. */
    handOver(amount: bigint): void {
        this.remitted += amount;
    }

    /** Every loan pays something, all it owes, or nothing any more. Not a matter of the books: it is done, and not compared. */
    async report(): Promise<void> {
        if (this.scene.table.deal !== 'issued' || this.reported >= this.next) return;
        const period = this.next;
        const asked = { dealId, period, version: 1 };
        const { ledger } = this.scene;
        const rows = Object.fromEntries(
            [...this.balances].map(([number, balance]) => [number, this.month(number, balance)]),
        );
        const numbered = { requestId: requestId(), ...asked, number: 0 };
        await ledger.submit(bankA, 'report:recordStates', numbered, stateChunk(loans, rows));
        await ledger.submit(bankA, 'report:file', { requestId: requestId(), ...asked }, privately());
        await ledger.submit(trust, 'report:confirm', { requestId: requestId(), ...asked }, privately());
        this.reported = period;
    }

    /** The servicer runs the next period, or the trustee; it may run the last one again, as long as it is unpaid, with another price. */
    run(): Act {
        const { random, table } = this.scene;
        const period = random.oneIn(10) ? this.next + random.below(3) : random.oneIn(5) ? this.next - 1 : this.next;
        const owed = [...table.classes.values()].reduce((sum, notes) => sum + notes.owed + notes.writtenDown, 0n);
        const price = random.below(this.windsUp ? 4 : 30) < 3 ? Number((owed * 12n) / 10n) : 0;
        const client = random.oneIn(4) ? trust : bankA;
        const asked = { dealId, period: Math.max(period, 1), extra: { purchasePrice: price } };
        return {
            ...{ client, transaction: 'waterfall:run', asked },
            model: () => this.mayRun(asked.period, price, client === trust) && this.take(asked.period, price),
        };
    }

    private mayRun(period: number, price: number, isTrustee: boolean): boolean {
        const { deal, runs } = this.scene.table;
        if (deal !== 'issued' || period > this.reported || (this.final.has(period - 1) && !this.declared.has(period)))
            return false;
        const before = runs.get(period);
        if (before === undefined) return true;
        return isTrustee && !before.paid && !runs.has(period + 1) && this.prices.get(period) !== price;
    }

    declare(): Act {
        const { random, table } = this.scene;
        const period = random.oneIn(3) ? Math.max(1, this.next + random.below(3) - 1) : this.next;
        const status = random.of(['accelerated', 'accelerated', 'accelerated', 'amortising', 'closed', 'unheard-of']);
        return {
            ...{ client: trust, transaction: 'waterfall:declare' },
            asked: { dealId, period, status, reason: 'the trustee finds so' },
            model: () => {
                const isKnown = status === 'accelerated' || status === 'amortising';
                if (table.deal !== 'issued' || !isKnown || table.runs.has(period)) return false;
                this.declared.add(period);
                return true;
            },
        };
    }

    reinstate(): Act {
        const { random, table } = this.scene;
        const className = random.of([...table.classes.keys()]).split(':')[2] ?? '';
        const lost = [...table.runs.values()].reduce(
            (sum, run) => sum + (run.classes[className]?.writtenDown ?? 0n),
            0n,
        );
        const amount = random.oneIn(4)
            ? lost + 1n
            : random.oneIn(2)
              ? lost
              : BigInt(1 + random.below(Number(lost) + 1));
        const period = random.oneIn(8) ? Math.max(1, this.next + random.below(3) - 1) : this.next;
        const asked = { dealId, period, className, amount: `${amount > 0n ? amount : 1n}`, reason: 'a recovery' };
        return {
            ...{ client: trust, transaction: 'waterfall:reinstate', asked },
            model: () => reinstate(table, period, className, BigInt(asked.amount)),
        };
    }

    distribute(): Act {
        const { random, table } = this.scene;
        const unpaid = [...table.runs].find(([, { paid }]) => !paid)?.[0] ?? this.next;
        const period = random.oneIn(10) ? Math.max(1, unpaid + random.below(3) - 1) : unpaid;
        return {
            ...{ client: trust, transaction: 'settlement:distribute', asked: { dealId, period } },
            model: () => distribute(table, period, payer),
        };
    }

    /** A payee of the terms is suspended on the payment date. */
    distributeWithout(): readonly Act[] | undefined {
        const { day, runs } = this.scene.table;
        if (![...runs.values()].some(({ paid, paymentDate }) => !paid && paymentDate <= day)) return undefined;
        const file = { clearedUntil: '2030-12-31', categories: [], suspended: true, paidOutside: false };
        return [this.filed('bank-a', file), this.distribute()];
    }

    /** What waits is released or sent, or what was sent comes back; now and then what cannot be. */
    waiting(): Act | undefined {
        const { random, table } = this.scene;
        const waits = [...table.notices].filter(([, { status }]) => status !== 'paid' && status !== 'released');
        const from = waits.length === 0 || random.oneIn(10) ? [...table.notices] : waits;
        if (from.length === 0) return undefined;
        const [key] = random.of(from);
        const [holder = '', number] = key.split('|');
        const which = { dealId, period: Number(number), holder };
        const [transaction, given, model] = random.of([
            ['release', {}, release],
            ['send', { paymentReference: 'wire' }, send],
            ['takeBack', { reason: 'account closed' }, takeBack],
        ] as const);
        return {
            ...{ client: trust, transaction: `settlement:${transaction}`, hidden: ['payment', { ...which, ...given }] },
            model: () => model(table, holder, Number(number), payer),
        };
    }

    /** What is set aside is released or sent, or comes back. */
    aside(): Act | undefined {
        const { random, table } = this.scene;
        if (table.aside.size === 0) return undefined;
        const [payee = '', number] = random.of([...table.aside.keys()]).split('|');
        const which = { dealId, period: Number(number), payee };
        return random.of([
            () => this.releaseAside(which),
            () => this.moveAside('send', { ...which, paymentReference: 'wire' }, sendAside),
            () => this.moveAside('takeBack', { ...which, reason: 'account closed' }, takeBackAside),
        ])();
    }

    /** A payee is to be paid what was set aside for it: most of the time when nothing is held against it any more. */
    releaseWell(): readonly Act[] | undefined {
        const waits = [...this.scene.table.aside].find(
            ([, { institution, status }]) => institution && status === 'due',
        );
        const [key = '', { institution = '' } = {}] = waits ?? [];
        const [payee = '', number] = key.split('|');
        if (institution === '') return undefined;
        const released = this.releaseAside({ dealId, period: Number(number), payee });
        return this.scene.random.oneIn(3) ? [released] : [this.fileWell(institution), released];
    }

    private releaseAside(which: Named): Act {
        return this.moveAside('release', which, releaseAside);
    }

    private moveAside(transaction: string, payment: Named, model: typeof releaseAside): Act {
        const { payee, period } = payment;
        return {
            ...{ client: trust, transaction: `settlement:${transaction}`, hidden: ['payment', payment] },
            model: () => model(this.scene.table, payee, period, payer),
        };
    }

    end(): Act {
        const { table } = this.scene;
        const asked = { id: dealId, reason: 'redeemed' };
        return { client: trust, transaction: 'deal:end', asked, model: () => end(table) };
    }

    payOut(): Act {
        const { table } = this.scene;
        const asked = { dealId };
        return { client: trust, transaction: 'settlement:payOut', asked, model: () => payOut(table, payer) };
    }

    retire(): Act {
        const { table } = this.scene;
        return { client: trust, transaction: 'tranche:retire', asked: { dealId }, model: () => retire(table, payer) };
    }

    openDay(): Act {
        const { random, table } = this.scene;
        const due = [...table.runs.values()].find(({ paid }) => !paid)?.paymentDate;
        const soon = addDays(table.day as Day, random.oneIn(20) ? 28 + random.below(8) : random.below(4));
        return this.opening(due !== undefined && due > soon && random.oneIn(2) ? due : soon);
    }

    /** Nobody does anything for a long time. */
    pause(): readonly Act[] {
        const { random, table } = this.scene;
        const day = table.day as Day;
        return daysTo(day, addDays(day, 90 + random.below(40))).map(each => this.opening(each));
    }

    private opening(day: string): Act {
        const { table } = this.scene;
        return { client: trust, transaction: 'holding:openDay', asked: { day }, model: () => table.openDay(day) };
    }

    file(): Act {
        const { random, table, traders } = this.scene;
        const institution = random.of(random.oneIn(8) ? ['latecomer'] : traders);
        return this.filed(institution, {
            clearedUntil: addDays(table.day as Day, random.below(300) - 8),
            categories: random.some(['institutional', 'anchor', 'insurer']),
            ...{ suspended: random.oneIn(6), paidOutside: random.oneIn(3) },
        });
    }

    /** Nothing is known against it. */
    fileWell(institution: string): Act {
        const categories = ['institutional', 'anchor'];
        return this.filed(institution, {
            clearedUntil: '2030-12-31',
            categories,
            suspended: false,
            paidOutside: false,
        });
    }

    private filed(institution: string, filed: File): Act {
        return {
            ...{ client: trust, transaction: 'holding:file', hidden: ['standing', { institution, ...filed }] },
            model: () => {
                this.scene.table.files.set(institution, filed);
                return true;
            },
        };
    }

    private month(number: string, balance: number): Row {
        const { random } = this.scene;
        const lost = random.oneIn(12);
        const paid = lost ? 0 : random.oneIn(8) ? balance : random.below(Math.ceil(balance / 8) + 1);
        const left = lost ? 0 : balance - paid;
        this.balances.set(number, left);
        const interest = balance > 0 && !lost ? 4_000 : 0;
        return {
            reportingPeriodActualEndBalanceAmount: left,
            actualPrincipalCollectedAmount: paid,
            totalActualAmountPaid: paid + interest,
        };
    }

    /** What the public record says of a run, which must add up with those before. */
    private take(period: number, price: number): boolean {
        const { table } = this.scene;
        const {
            run: ran,
            paymentDate,
            recordDate,
        } = this.record<RunRecord>('run', dealId, String(period).padStart(5, '0'));
        const { payees } = this.record<Issue>('issue', dealId);
        if (ran === undefined) throw new Error(`period ${period} has not run`);
        const classes = Object.entries(ran.distributions).map(([className, each]) => {
            const { interest, principal, residual, interestShortfall, writtenDown, balanceBeginning, balanceEnding } =
                each;
            const paid = { interest, principal, residual, interestShortfall, writtenDown };
            const amounts = { ...paid, balanceBeginning, balanceEnding };
            return [className, inUnits(amounts)] as const;
        });
        const parties = Object.entries(ran.payments).map(([payee, amount]) => {
            const institution = payees.find(({ role }) => role === payee)?.institution;
            return { payee, institution, amount: BigInt(amount) };
        });
        const run: Run = { paymentDate, recordDate, classes: Object.fromEntries(classes), parties, paid: false };
        checkRun(table.runs.get(period - 1)?.classes ?? {}, run, table, period);
        table.runs.set(period, run);
        this.prices.set(period, price);
        if (ran.state.status === 'closed') this.final.add(period);
        else this.final.delete(period);
        const deposits = Object.values(ran.deposits).map(amount => BigInt(amount));
        this.collected.set(
            period,
            deposits.reduce((sum, each) => sum + each, 0n),
        );
        return true;
    }

    private record<T>(...parts: string[]): T {
        const value = this.scene.ledger.state.get(`\u0000${parts.join('\u0000')}\u0000`);
        if (value === undefined) throw new Error(`no ${parts.join(' ')}`);
        return JSON.parse(Buffer.from(value).toString()) as T;
    }
}

function inUnits(amounts: Paying): Paying {
    return Object.fromEntries(
        Object.entries(amounts).map(([name, amount]) => [name, BigInt(amount as bigint)]),
    ) as never;
}
