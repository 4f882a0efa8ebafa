import { add, zero } from './money';
import { addDays } from './day';
import { closingsKeptDays, placeOf, quantityOn } from './holding';
import { byCodePoint, canonical } from './canonical';
import { day, id, integer, list, minor, object, oneOf, optional, text } from './shape';
import { formatRate, rate } from './rate';
import { liensOn } from './lien';
import { payableAccount, setAside } from './payable';
import { factorOf, payClass } from './tranche';
import { Refusal } from './refusal';
import { share } from './share';
import { takenBack } from './retirement';
import { waitingMembers } from './waiting';

import type { Amount } from './money';
import type { Asset, Holding, Movement, Place } from './holding';
import type { Day } from './day';
import type { Deal } from './deal';
import type { LienName } from './lien';
import type { Payable } from './payable';
import type { Distribution, WaterfallRun } from './waterfall/record';
import type { Standing } from './standing';
import type { TrancheRecord } from './tranche';

const classPaid = {
    className: id,
    interest: minor,
    principal: minor,
    /** To the holders of a residual class. */
    residual: minor,
    /** For 1,000 of original face, as holders compare it: major units with seven decimals. */
    interestPerThousand: text(30),
    principalPerThousand: text(30),
    balanceEnding: minor,
    factor: text(20),
};

/** The public record of a payment date: what each class and each party was paid, never who holds what. */
export const distributionReader = object({
    dealId: id,
    period: integer(1),
    status: oneOf('scheduled', 'paid'),
    /** The version of the period's run that was paid; absent where the deal had ended, and what was left of it was paid. */
    run: optional(integer(1)),
    recordDate: optional(day),
    paymentDate: optional(day),
    /** The business day on which the depository paid. */
    paidOn: optional(day),
    classes: list(object(classPaid)),
    /** What others than holders were paid, by their role in the terms: fees, hedge payments. */
    payments: list(object({ payee: id, amount: minor })),
    /** All that left the deal's account. */
    total: optional(minor),
});
export type DistributionRecord = ReturnType<typeof distributionReader>;

/** The records of all payments before any is made: of every period, and one more for what is left when the deal has ended. */
export function scheduledDistributions({ id, periods }: Pick<Deal, 'id' | 'periods'>): DistributionRecord[] {
    return Array.from({ length: periods + 1 }, (_, i) => {
        return { dealId: id, period: i + 1, status: 'scheduled', classes: [], payments: [] };
    });
}

/** @throws Refusal RECORD_FORGED unless the record of a period is as it was before its payment */
export function mustBeUnpaid(scheduled: DistributionRecord, record: DistributionRecord): void {
    if (canonical(scheduled) === canonical(record)) return;
    throw new Refusal('RECORD_FORGED', { noun: 'distribution', id: `${scheduled.dealId} ${scheduled.period}` });
}

/** What one holder is told of a payment date, in its own book. */
export const noticeReader = object({
    ...waitingMembers,
    holder: id,
    recordDate: day,
    paidOn: day,
    /**
     * `paid` into the holder's book. Otherwise the depository keeps the amount for it: `held` while it is suspended, `due` to be sent
     * where it takes payments outside, `returned` when what was sent has come back. From there it is `sent` outside, or `released`
     * into its book.
     */
    status: oneOf('paid', 'held', 'due', 'sent', 'returned', 'released'),
    classes: list(object({ ...classPaid, face: minor })),
    total: minor,
});
export type HolderNotice = ReturnType<typeof noticeReader>;

/** What every holder was paid on a payment date, at the time, in the book of the deal's trustee. */
export const statementReader = object({ dealId: id, period: integer(1), notices: list(noticeReader) });
export type Statement = ReturnType<typeof statementReader>;

export const readStatementRequest = object({ dealId: id, period: integer(1) });

export const distributeRequest = object({ requestId: id, dealId: id, period: integer(1) });
/** The depository pays a period that has been run. */
export type DistributeRequest = ReturnType<typeof distributeRequest>;

export interface DistributionFacts {
    readonly scheduled: DistributionRecord;
    /** That of the period before, where there is one. */
    readonly previous: DistributionRecord | undefined;
    readonly run: Pick<WaterfallRun, 'distributions' | 'payments' | 'paymentDate'>;
    /** Absent for what is left of a deal that has ended. */
    readonly runVersion: number | undefined;
    /** Version of the period's report on which it was run, the one that was confirmed last, and whether a later period has been run. */
    readonly report: number | undefined;
    readonly confirmed: number | undefined;
    readonly hasLater: boolean;
    readonly recordDate: Day;
    readonly today: Day;
    readonly tranches: readonly TrancheRecord[];
    /** Every holding of the deal's notes, by the depository's register of holders. */
    readonly holdings: readonly Holding[];
    /** Of every holder, and of every payee that is an institution. */
    readonly standings: readonly Standing[];
    readonly cash: Asset;
    /** Keeper of the deal's account, which pays. */
    readonly trustee: string;
    readonly depository: string;
    /** The institution behind each payee of the terms; a payee that is none, or is suspended, has its amount set aside. */
    readonly payees: Readonly<Record<string, string>>;
}

export interface Distributed {
    readonly record: DistributionRecord;
    readonly notices: readonly HolderNotice[];
    /** What is set aside for payees that are no institution, or suspended. */
    readonly payables: readonly Payable[];
    readonly tranches: readonly TrancheRecord[];
    readonly movements: readonly Movement[];
    /** The liens on notes that are redeemed: there is nothing left that they could charge. */
    readonly endedLiens: readonly LienName[];
}

/**
 * Pay a run of the waterfall: each class by the face held at the end of the record date, so that the holders' amounts sum to the
 * class's (largest remainder, holders in the order of their ids), and every other party of the terms. A class whose principal is
 * all paid is redeemed: its notes are cancelled in every book. Paid once: what has been paid stands. So nothing is paid that is known to be
 * wrong and can still be run again.
 * @throws Refusal DISTRIBUTION_ALREADY_PAID, DISTRIBUTION_OUT_OF_ORDER, RUN_OUTDATED, PAYMENT_NOT_DUE, RECORD_DATE_OUT_OF_REACH,
 * HOLDERS_INCOMPLETE
 */
export function distribute(facts: DistributionFacts): Distributed {
    const { scheduled, run, runVersion: version, recordDate, today } = facts;
    const { dealId, period } = scheduled;
    if (scheduled.status === 'paid') throw new Refusal('DISTRIBUTION_ALREADY_PAID', { dealId, period });
    if (facts.previous?.status === 'scheduled') throw new Refusal('DISTRIBUTION_OUT_OF_ORDER', { dealId, period });
    if (facts.confirmed !== facts.report && !facts.hasLater)
        throw new Refusal('RUN_OUTDATED', { dealId, period, report: facts.confirmed ?? 0 });
    if (today < run.paymentDate) throw new Refusal('PAYMENT_NOT_DUE', { dealId, period, due: run.paymentDate, today });
    const shares = facts.tranches.flatMap(tranche => sharesOf(tranche, facts));

    const notices = noticesOf(shares, facts);
    const tranches = facts.tranches.map(tranche => payClass(tranche, distributionTo(tranche, run), today));
    const redeemed = redeemedHoldings(tranches, facts);
    const movements = [...holderPayments(notices, facts), ...partyPayments(facts), ...takenBack(redeemed)];
    const payments = Object.entries(run.payments)
        .filter(([, amount]) => amount > 0n)
        .map(([payee, amount]) => ({ payee, amount }));
    const record: DistributionRecord = {
        ...{ dealId, period, status: 'paid', run: version, recordDate, paymentDate: run.paymentDate, paidOn: today },
        classes: facts.tranches.map(tranche => classFigures(tranche, distributionTo(tranche, run))),
        payments,
        total: add(...notices.map(notice => notice.total), ...payments.map(payment => payment.amount)),
    };
    const payables = payments
        .filter(({ payee }) => receiverOf(payee, facts) === undefined)
        .map(({ payee, amount }) => setAside(dealId, period, payee, { cash: facts.cash, amount }));
    return { record, notices, payables, tranches, movements, endedLiens: liensOn(redeemed) };
}

/** Where the depository keeps what it holds for a holder. */
export function heldAccount(depository: string, holder: string): Place {
    return placeOf(depository, `held.${holder}`);
}

interface Share {
    readonly holder: string;
    readonly face: Amount;
    readonly tranche: TrancheRecord;
    readonly interest: Amount;
    readonly principal: Amount;
    readonly residual: Amount;
}

function sharesOf(tranche: TrancheRecord, { holdings, recordDate, today, run }: DistributionFacts): Share[] {
    const { interest, principal, residual } = distributionTo(tranche, run);
    if (add(interest, principal, residual) === 0n) return [];
    const holders = holdings
        .filter(({ asset }) => asset === tranche.asset)
        .sort((a, b) => byCodePoint(a.institution, b.institution));
    const faces = holders.map(holding => quantityOn(holding, recordDate));
    if (add(...faces) !== tranche.outstanding || tranche.outstanding === 0n)
        throw incomplete(tranche, recordDate, today);
    const [interests, principals, residuals] = [interest, principal, residual].map(total => share(total, faces));
    return holders.flatMap(({ institution: holder }, i) => {
        const face = faces[i] ?? zero;
        if (face === 0n) return [];
        const parts = { interest: interests?.[i], principal: principals?.[i], residual: residuals?.[i] };
        const { interest = zero, principal = zero, residual = zero } = parts;
        return [{ holder, face, tranche, interest, principal, residual }];
    });
}

/** The books know less than all of the holders of a day: as they forget, or as it was before the issue. */
function incomplete({ className }: TrancheRecord, day: Day, today: Day): Refusal {
    return day < addDays(today, -closingsKeptDays)
        ? new Refusal('RECORD_DATE_OUT_OF_REACH', { day, kept: closingsKeptDays })
        : new Refusal('HOLDERS_INCOMPLETE', { className, day });
}

function noticesOf(shares: readonly Share[], facts: DistributionFacts): HolderNotice[] {
    const { scheduled, recordDate, today, cash, run } = facts;
    const holders = [...new Set(shares.map(({ holder }) => holder))].sort(byCodePoint);
    return holders.map(holder => {
        const own = shares.filter(each => each.holder === holder);
        return {
            ...{ dealId: scheduled.dealId, period: scheduled.period, holder, recordDate, paidOn: today, cash },
            status: statusFor(holder, facts),
            sendings: [],
            classes: own.map(({ tranche, face, interest, principal, residual }) => {
                return { ...classFigures(tranche, distributionTo(tranche, run)), face, interest, principal, residual };
            }),
            total: add(...own.flatMap(({ interest, principal, residual }) => [interest, principal, residual])),
        };
    });
}

function holderPayments(notices: readonly HolderNotice[], facts: DistributionFacts): Movement[] {
    const { cash, depository } = facts;
    return notices
        .filter(({ total }) => total > 0n)
        .map(({ holder, status, total }) => {
            const to = status === 'paid' ? placeOf(holder) : heldAccount(depository, holder);
            return { asset: cash, quantity: total, from: dealAccount(facts), to };
        });
}

function partyPayments(facts: DistributionFacts): Movement[] {
    const { cash, run, trustee } = facts;
    return Object.entries(run.payments)
        .filter(([, amount]) => amount > 0n)
        .map(([payee, amount]) => {
            const institution = receiverOf(payee, facts);
            const to = institution === undefined ? payableAccount(trustee, payee) : placeOf(institution);
            return { asset: cash, quantity: amount, from: dealAccount(facts), to };
        });
}

/** The notes of the classes that this payment redeems, whoever holds them now. */
function redeemedHoldings(
    tranches: readonly TrancheRecord[],
    { holdings, tranches: before }: DistributionFacts,
): Holding[] {
    const redeemed = tranches.filter(({ status }, i) => status === 'redeemed' && before[i]?.status !== 'redeemed');
    return redeemed.flatMap(({ asset }) => holdings.filter(holding => holding.asset === asset));
}

function classFigures(tranche: TrancheRecord, paid: Distribution): DistributionRecord['classes'][number] {
    const perThousand = (amount: Amount) => formatRate(rate(amount * 1000n, tranche.original), 7, 'half-up');
    return {
        className: tranche.className,
        interest: paid.interest,
        principal: paid.principal,
        residual: paid.residual,
        interestPerThousand: perThousand(paid.interest),
        principalPerThousand: perThousand(paid.principal),
        balanceEnding: paid.balanceEnding,
        factor: factorOf(paid.balanceEnding, tranche.original),
    };
}

function distributionTo({ className }: TrancheRecord, run: DistributionFacts['run']): Distribution {
    const found = run.distributions[className];
    if (found === undefined) throw new Error(`the run says nothing of class ${className}`);
    return found;
}

function dealAccount({ trustee, scheduled }: DistributionFacts): Place {
    return placeOf(trustee, scheduled.dealId);
}

/** The institution into whose book a payee is paid, if there is one that takes part. */
function receiverOf(payee: string, { payees, standings }: DistributionFacts): string | undefined {
    const institution = payees[payee];
    return standings.some(standing => standing.institution === institution && standing.active)
        ? institution
        : undefined;
}

function statusFor(holder: string, { standings }: DistributionFacts): 'paid' | 'held' | 'due' {
    const standing = standings.find(({ institution }) => institution === holder);
    if (standing?.active !== true) return 'held';
    return standing.paidOutside === true ? 'due' : 'paid';
}
