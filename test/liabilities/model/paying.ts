import type { Line, NoteClass, Paying, Run, Table, Told } from './table';

/** Who pays: the deal's account, with this cash, kept by this depository. */
export interface Payer {
    readonly cash: string;
    readonly dealAccount: string;
    readonly depository: string;
}

/** A class is told what a run says of it. What it says must add up: principal is repaid or written down, or still owed. */
export function checkRun(before: Readonly<Record<string, Paying>>, run: Run, table: Table, period: number): void {
    for (const [className, paying] of Object.entries(run.classes)) {
        const { original } = table.classOf(className);
        const begins = before[className]?.balanceEnding ?? original;
        const ends = begins - paying.principal - paying.writtenDown;
        const least = -(table.reinstated.get(`${period}|${className}`) ?? 0n);
        if (paying.balanceBeginning !== begins || paying.balanceEnding !== ends || paying.writtenDown < least)
            throw new Error(`the run of period ${period} does not add up for class ${className}`);
    }
}

/** Pays the holders of the record date and the other parties, or nobody. */
export function distribute(table: Table, period: number, payer: Payer): boolean {
    const run = table.runs.get(period);
    if (run === undefined || run.paid || table.day < run.paymentDate) return false;
    if (period > 1 && table.runs.get(period - 1)?.paid !== true) return false;
    return pay(table, period, run, payer);
}

/**
 * What is left of a deal that has ended: the holders' who have lost something, the most senior first, then the bank's that holds the
 * certificate.
 */
export function payOut(table: Table, payer: Payer): boolean {
    let left = table.amounts.get(`${payer.dealAccount}|${payer.cash}|free`) ?? 0n;
    if (table.deal !== 'closed' || left === 0n) return false;
    const take = (owed: bigint): bigint => {
        const taken = owed < left ? owed : left;
        left -= taken;
        return taken;
    };
    const ranked = [...table.classes].sort(([, a], [, b]) => a.rank - b.rank);
    const classes = ranked.map(([asset, { status, interestOwed, writtenDown }]) => {
        const isLeft = status === 'outstanding';
        const interest = take(isLeft ? interestOwed : 0n);
        const principal = take(isLeft ? writtenDown : 0n);
        const rest = { interestShortfall: interestOwed - interest, writtenDown: -principal };
        const paying = { interest, principal, ...rest, residual: 0n, balanceBeginning: 0n, balanceEnding: 0n };
        return [asset.split(':')[2] ?? '', paying] as const;
    });
    const parties = [{ payee: 'certificateholder', institution: 'bank-a', amount: left }];
    const dates = { paymentDate: table.day, recordDate: table.day };
    const run: Run = { ...dates, classes: Object.fromEntries(classes), parties, paid: false };
    const period = table.runs.size + table.paidOut.size + 1;
    table.paidOut.set(period, run);
    return pay(table, period, run, payer);
}

function pay(table: Table, period: number, run: Run, payer: Payer): boolean {
    const lines = linesOf(table, run);
    if (lines === undefined) return false;
    const holders = [...lines].map(([holder, own]) => ({ holder, own, total: totalOf(own) }));
    const parties = run.parties.filter(({ amount }) => amount > 0n);
    const sum = [...holders.map(({ total }) => total), ...parties.map(({ amount }) => amount)].reduce(
        (all, each) => all + each,
        0n,
    );
    const { cash, dealAccount, depository } = payer;
    if ((table.amounts.get(`${dealAccount}|${cash}|free`) ?? 0n) < sum) return false;

    table.add(`${dealAccount}|${cash}|free`, -sum);
    for (const { payee, institution, amount } of parties) {
        const isAside = institution === undefined || !table.isActive(institution);
        table.add(`${isAside ? `trust|payable.${payee}` : `${institution}|own`}|${cash}|free`, amount);
        if (isAside) table.aside.set(`${payee}|${period}`, { amount, institution, status: 'due', sendings: 0 });
    }
    for (const { holder, own, total } of holders) {
        const status = !table.isActive(holder) ? 'held' : table.files.get(holder)?.paidOutside ? 'due' : 'paid';
        table.add(
            status === 'paid' ? `${holder}|own|${cash}|free` : `${depository}|held.${holder}|${cash}|free`,
            total,
        );
        table.notices.set(`${holder}|${period}`, { status, total, lines: own, sendings: 0 });
    }
    for (const [className, paying] of Object.entries(run.classes)) payClass(table, className, paying);
    run.paid = true;
    return true;
}

/** Everybody's part of every class, or undefined where those who held on the record date are not those who hold all of it. */
function linesOf(table: Table, { classes, recordDate }: Run): Map<string, Record<string, Line>> | undefined {
    const lines = new Map<string, Record<string, Line>>();
    const owners = [...new Set([...table.amounts.keys()].map(key => key.split('|')[0] ?? ''))].sort();
    for (const [className, { interest, principal, residual }] of Object.entries(classes)) {
        if (interest + principal + residual === 0n) continue;
        const asset = table.asset(className);
        const faces = owners.map(owner => table.faceOn(owner, asset, recordDate));
        if (owners.some((owner, i) => faces[i] !== 0n && !table.remembers(owner, asset, recordDate))) return undefined;
        const { outstanding } = table.classOf(className);
        if (outstanding === 0n || faces.reduce((sum, face) => sum + face, 0n) !== outstanding) return undefined;
        const [interests, principals, residuals] = [interest, principal, residual].map(each => fairly(each, faces));
        owners.forEach((owner, i) => {
            const face = faces[i] ?? 0n;
            if (face === 0n) return;
            const own = lines.get(owner) ?? {};
            const parts = { interest: interests?.[i], principal: principals?.[i], residual: residuals?.[i] };
            const { interest = 0n, principal = 0n, residual = 0n } = parts;
            lines.set(owner, { ...own, [className]: { face, interest, principal, residual } });
        });
    }
    return lines;
}

/** Whole cents to each by its face, rounded down; the cents left over go to those who lost most by the rounding, the first first. */
function fairly(total: bigint, faces: readonly bigint[]): bigint[] {
    const all = faces.reduce((sum, face) => sum + face, 0n);
    if (all === 0n) return faces.map(() => 0n);
    const parts = faces.map(face => (total * face) / all);
    const lost = faces.map((face, i) => ({ i, lost: (total * face) % all }));
    const first = lost.sort((a, b) => (a.lost === b.lost ? a.i - b.i : a.lost > b.lost ? -1 : 1));
    let left = total - parts.reduce((sum, part) => sum + part, 0n);
    for (const { i } of first) {
        if (left === 0n) break;
        parts[i] = (parts[i] ?? 0n) + 1n;
        left -= 1n;
    }
    return parts;
}

function totalOf(lines: Readonly<Record<string, Line>>): bigint {
    return Object.values(lines).reduce((sum, each) => sum + each.interest + each.principal + each.residual, 0n);
}

function payClass(table: Table, className: string, paying: Paying): void {
    const notes = table.classOf(className);
    notes.repaid += paying.principal;
    notes.writtenDown += paying.writtenDown;
    notes.owed -= paying.principal + paying.writtenDown;
    notes.interestOwed = paying.interestShortfall;
    if (notes.status === 'outstanding' && notes.owed + notes.writtenDown + notes.interestOwed === 0n)
        cancel(table, className, notes, 'redeemed');
}

/** The notes of a class are taken from everybody, and with them what was pledged of them. */
function cancel(table: Table, className: string, notes: NoteClass, status: 'redeemed' | 'cancelled'): void {
    const asset = table.asset(className);
    for (const key of table.amounts.keys()) if (key.split('|')[2] === asset) table.amounts.set(key, 0n);
    for (const [key, charge] of table.charges) if (charge.asset === asset) table.charges.delete(key);
    Object.assign(notes, { status, outstanding: 0n });
}

export function release(table: Table, holder: string, period: number, { cash, depository }: Payer): boolean {
    return reach(table, holder, period, cash, depository, `${holder}|own`, 'released');
}

export function send(table: Table, holder: string, period: number, { cash, depository }: Payer): boolean {
    return reach(table, holder, period, cash, depository, `${depository}|own`, 'sent');
}

/** What waits for a holder at the depository leaves it. */
function reach(
    table: Table,
    holder: string,
    period: number,
    cash: string,
    depository: string,
    to: string,
    status: 'released' | 'sent',
): boolean {
    const told = table.notices.get(`${holder}|${period}`);
    if (!told || !['held', 'due', 'returned'].includes(told.status) || !table.isActive(holder)) return false;
    table.add(`${depository}|held.${holder}|${cash}|free`, -told.total);
    table.add(`${to}|${cash}|free`, told.total);
    if (status === 'sent') told.sendings += 1;
    told.status = status;
    return true;
}

export function takeBack(table: Table, holder: string, period: number, { cash, depository }: Payer): boolean {
    const told: Told | undefined = table.notices.get(`${holder}|${period}`);
    if (told?.status !== 'sent' || table.amount(depository, cash) < told.total) return false;
    table.add(`${depository}|own|${cash}|free`, -told.total);
    table.add(`${depository}|held.${holder}|${cash}|free`, told.total);
    told.status = 'returned';
    return true;
}

/** The depository has paid outside what is set aside with the trustee, and takes it. */
export function sendAside(table: Table, payee: string, period: number, { cash, depository }: Payer): boolean {
    const aside = table.aside.get(`${payee}|${period}`);
    if (aside?.status !== 'due' && aside?.status !== 'returned') return false;
    if (aside.institution !== undefined && !table.isActive(aside.institution)) return false;
    table.add(`trust|payable.${payee}|${cash}|free`, -aside.amount);
    table.add(`${depository}|own|${cash}|free`, aside.amount);
    aside.sendings += 1;
    aside.status = 'sent';
    return true;
}

/** What is set aside comes into the book of an institution that is active again. */
export function releaseAside(table: Table, payee: string, period: number, { cash }: Payer): boolean {
    const aside = table.aside.get(`${payee}|${period}`);
    if (aside?.status !== 'due' && aside?.status !== 'returned') return false;
    if (aside.institution === undefined || !table.isActive(aside.institution)) return false;
    table.add(`trust|payable.${payee}|${cash}|free`, -aside.amount);
    table.add(`${aside.institution}|own|${cash}|free`, aside.amount);
    aside.status = 'released';
    return true;
}

export function takeBackAside(table: Table, payee: string, period: number, { cash, depository }: Payer): boolean {
    const aside = table.aside.get(`${payee}|${period}`);
    if (aside?.status !== 'sent' || table.amount(depository, cash) < aside.amount) return false;
    table.add(`${depository}|own|${cash}|free`, -aside.amount);
    table.add(`trust|payable.${payee}|${cash}|free`, aside.amount);
    aside.status = 'returned';
    return true;
}

/** The trustee makes principal owed again that the last run has left written down, from the next run on. */
export function reinstate(table: Table, period: number, className: string, amount: bigint): boolean {
    if (table.deal !== 'issued' || table.runs.has(period) || !table.runs.has(period - 1)) return false;
    const lost = [...table.runs.values()].reduce((sum, run) => sum + (run.classes[className]?.writtenDown ?? 0n), 0n);
    const key = `${period}|${className}`;
    const pending = table.reinstated.get(key) ?? 0n;
    if (pending + amount > lost) return false;
    table.reinstated.set(key, pending + amount);
    return true;
}

/** An issued deal may end when none of its classes is owed principal, also none from the next run on, and no run waits to be paid. */
export function end(table: Table): boolean {
    if ([...table.runs.values()].some(({ paid }) => !paid)) return false;
    if ([...table.reinstated.keys()].some(key => !table.runs.has(Number(key.split('|')[0])))) return false;
    if (table.deal !== 'issued' || [...table.classes.values()].some(({ owed }) => owed > 0n)) return false;
    table.deal = 'closed';
    return true;
}

/** What is left of the notes of a deal that has ended is cancelled. */
export function retire(table: Table, { cash, dealAccount }: Payer): boolean {
    if (table.deal !== 'closed' || (table.amounts.get(`${dealAccount}|${cash}|free`) ?? 0n) > 0n) return false;
    for (const [asset, notes] of table.classes)
        if (notes.status === 'outstanding') cancel(table, asset.split(':')[2] ?? '', notes, 'cancelled');
    return true;
}
