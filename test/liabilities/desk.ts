import { randomBytes } from 'node:crypto';

import { pairUp } from '@poolproof/chaincode/domain';

import { terms, rules, loan, loanChunk, privately, requestId, stateChunk } from '../chaincode/builders';
import { daysTo } from '../setting/month';
import { MemoryLedger } from '../chaincode/memory-ledger';

import type {
    Amount,
    Asset,
    BookContent,
    BusinessDay,
    Day,
    Deposit,
    HolderNotice,
    Instruct,
    Instruction,
    Payable,
    Pending,
    PendingPage,
    TrancheRecord,
} from '@poolproof/chaincode/domain';
import type { Client, Outcome, Transient } from '../chaincode/memory-ledger';

export const bankA: Client = { institution: 'bank-a', roles: 'admin,originator,servicer' };
export const bankB: Client = { institution: 'bank-b', roles: 'admin,investor,originator,servicer' };
export const trust: Client = { institution: 'trust', roles: 'admin,trustee,depository' };
export const fund: Client = { institution: 'fund', roles: 'admin,investor' };
export const regulator: Client = { institution: 'regulator', roles: 'admin,regulator' };

export const everybody = [regulator, trust, bankA, bankB, fund] as const;

/** Deposits at bank B are what everything is paid in. */
export const dollars: Asset = 'cash:USD:bank-b';
export const euros: Asset = 'cash:EUR:bank-b';

export const dealId = 'deal-1';
export const loans = [loan('1'), loan('2'), loan('3')];

/** A pool of 30,000.00 and classes of 28,500.00, smallest piece 100.00. */
export const classes = { 'A-1': '5000.00', 'A-2': '18000.00', B: '3000.00', C: '2500.00' };

/** The notes of a class. */
export function note(className: keyof typeof classes): Asset {
    return `note:${dealId}:${className}`;
}

export function cents(decimal: string): Amount {
    return BigInt(decimal.replace('.', '')) as Amount;
}

/** What travels in the transient map: a JSON field, amounts as decimal strings. */
export function field(name: string, value: unknown): Transient {
    const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
    return privately({ [name]: Buffer.from(text) });
}

/** Institutions with their roles, standings on file, and cash. */
export async function settled(
    ledger = new MemoryLedger(),
    clients: readonly Client[] = everybody,
): Promise<MemoryLedger> {
    for (const client of clients) {
        const roles = client.roles.split(',').filter(role => role !== 'admin');
        const id = client.institution;
        await ledger.submit(client, 'institution:join', { requestId: requestId(), id, name: id, roles });
        if (client !== regulator)
            await ledger.submit(regulator, 'institution:confirm', { requestId: requestId(), id, roles });
    }
    await ledger.submit(regulator, 'pledge:layKey', { requestId: requestId() }, privately({ key: randomBytes(32) }));
    await ledger.submit(trust, 'holding:openSystem', { requestId: requestId(), day: '2026-01-20' });
    for (const currency of ['USD', 'EUR'])
        await ledger.submit(trust, 'holding:openDeposit', { requestId: requestId(), currency, bank: 'bank-b' });
    for (const { institution } of clients) await file(ledger, institution);
    return ledger;
}

export function file(ledger: MemoryLedger, institution: string, given: Record<string, unknown> = {}): Promise<Outcome> {
    const standing = {
        institution,
        clearedUntil: '2030-12-31',
        categories: ['institutional'],
        suspended: false,
        ...given,
    };
    return ledger.submit(trust, 'holding:file', { requestId: requestId() }, field('standing', standing));
}

/** A business day, however far it is. */
export async function openDayStepwise(ledger: MemoryLedger, day: string): Promise<void> {
    const [open] = (await ledger.evaluate(fund, 'holding:days')) as BusinessDay[];
    for (const each of daysTo(open?.day ?? (day as Day), day as Day)) await openDay(ledger, each);
}

export function openDay(ledger: MemoryLedger, day: string): Promise<Outcome> {
    return ledger.submit(trust, 'holding:openDay', { requestId: requestId(), day }, privately());
}

/** What a trade says beyond its sides: a transfer of class A-2, free of payment, from the first business day on. */
export type Trade = Partial<
    Omit<Instruct, 'side' | 'counterparty' | 'settlementDay' | 'expiryDay' | 'enforceableFrom'>
> & {
    readonly enforceableFrom?: string;
    readonly settlementDay?: string;
    readonly expiryDay?: string;
};

let trades = 0;

/** One side's instruction. */
export function instruct(
    ledger: MemoryLedger,
    client: Client,
    side: 'deliver' | 'receive',
    counterparty: Client,
    trade: Trade & { readonly reference: string },
): Promise<Outcome> {
    return instructAll(ledger, client, side, counterparty, [trade]);
}

/** One side's instructions, placed together. */
export function instructAll(
    ledger: MemoryLedger,
    client: Client,
    side: 'deliver' | 'receive',
    counterparty: Client,
    trades: readonly (Trade & { readonly reference: string })[],
): Promise<Outcome> {
    const instructions = trades.map(trade => ({
        kind: 'transfer',
        side,
        counterparty: counterparty.institution,
        asset: note('A-2'),
        quantity: cents('1000.00'),
        settlementDay: '2026-01-20',
        expiryDay: '2030-12-31',
        ...trade,
    }));
    const asked = { requestId: requestId() };
    return ledger.submit(client, 'settlement:instruct', asked, field('instructions', instructions));
}

/** Both sides' instructions. @returns the trade's reference */
export async function agree(ledger: MemoryLedger, from: Client, to: Client, trade: Trade = {}): Promise<string> {
    trades += 1;
    const reference = trade.reference ?? `trade-${trades}`;
    const { account, ...delivered } = trade;
    await instruct(ledger, from, 'deliver', to, { ...delivered, reference });
    await instruct(ledger, to, 'receive', from, { ...delivered, ...(account && { account }), reference });
    return reference;
}

export interface Matched {
    readonly reference: string;
    readonly deliverer: string;
    readonly receiver: string;
    readonly quantity?: bigint | undefined;
    readonly sheets?: Pending['pairs'][number]['sheets'];
}

export function settle(ledger: MemoryLedger, ...pairs: Matched[]): Promise<Outcome> {
    return ledger.submit(trust, 'settlement:settle', { requestId: requestId() }, field('batch', { pairs }));
}

/** Agreed and settled at once. */
export async function move(ledger: MemoryLedger, from: Client, to: Client, trade: Trade): Promise<void> {
    const reference = await agree(ledger, from, to, trade);
    await settle(ledger, { reference, deliverer: from.institution, receiver: to.institution });
}

/** Bank B issues deposits into its own account, and from there provides a holder with them. */
export async function provide(ledger: MemoryLedger, to: Client, quantity: Amount, asset = dollars): Promise<void> {
    await issueCash(ledger, quantity, asset);
    if (to !== bankB) await move(ledger, bankB, to, { asset, quantity });
}

async function issueCash(ledger: MemoryLedger, quantity: Amount, asset: Asset): Promise<void> {
    trades += 1;
    const reference = `issue-${trades}`;
    await instruct(ledger, bankB, 'deliver', bankB, { reference, kind: 'issue', asset, quantity });
    await settle(ledger, { reference, deliverer: 'bank-b', receiver: 'bank-b' });
}

interface Template {
    readonly tranches: readonly { readonly id: keyof typeof classes }[];
    readonly parties: Readonly<Record<string, string>>;
    readonly fees: readonly { readonly id: string; readonly to: string }[];
    readonly deposits: readonly object[];
    readonly waterfalls: Readonly<Record<string, readonly object[]>>;
}

/** Steps beyond those of the ready terms, by status. */
export type Steps = Readonly<Record<string, readonly object[]>>;

interface Others {
    readonly parties: Readonly<Record<string, string>>;
    readonly fees: Readonly<Record<string, string>>;
}

const noOthers: Others = { parties: {}, fees: {} };

/** A sealed deal whose classes are authorised. */
export async function authorised(ledger: MemoryLedger, steps: Steps = {}): Promise<void> {
    await sealed(ledger, steps);
    await authorise(ledger);
}

/** @param others whom else the terms pay: by role, and the fees that go to it instead */
export async function sealed(ledger: MemoryLedger, steps: Steps = {}, others: Others = noOthers): Promise<void> {
    const { tranches, waterfalls, ...document } = terms(3_000_000) as unknown as Template;
    const parties = { ...document.parties, ...others.parties };
    const fees = document.fees.map(fee => ({ ...fee, to: others.fees[fee.id] ?? fee.to }));
    const sized = tranches.map(tranche => ({ ...tranche, balance: classes[tranche.id] }));
    const reserve = { id: 'reserve', opening: '150.00', target: 'min(150.00 USD, notes.balance)' };
    const called = { unit: 'money', meaning: 'what the servicer pays to call the notes and take the pool back' };
    const deposits = [...document.deposits, { id: 'call', amount: 'purchasePrice' }];
    const accounts = [{ id: 'collection' }, reserve];
    const extended = Object.entries(waterfalls).map(([status, own]) => [status, [...own, ...(steps[status] ?? [])]]);
    const sizedTerms = {
        ...{ ...document, parties, fees, tranches: sized, accounts, deposits, facts: { purchasePrice: called } },
        // At any time, for a price.
        call: { price: 'purchasePrice', when: 'period >= 1' },
        waterfalls: Object.fromEntries(extended) as object,
    };
    await ledger.submit(bankA, 'deal:open', { requestId: requestId(), id: dealId, terms: sizedTerms, rules });
    await ledger.submit(bankA, 'tape:record', { requestId: requestId(), dealId, number: 0 }, loanChunk(loans));
    await ledger.submit(bankA, 'tape:submit', { requestId: requestId(), dealId, chunks: 1 }, privately());
    await ledger.submit(trust, 'pledge:pledge', { requestId: requestId(), dealId, number: 0 }, privately());
    await ledger.submit(trust, 'tape:seal', { requestId: requestId(), dealId, evidence: [] }, privately());
}

export function authorise(ledger: MemoryLedger, client = bankA): Promise<Outcome> {
    const offerings = Object.keys(classes).map(className => ({ className, minimum: '10000', increment: '10000' }));
    const asked = { requestId: requestId(), dealId, depository: 'trust', cash: dollars, offerings };
    return ledger.submit(client, 'tranche:authorise', asked);
}

export function order(ledger: MemoryLedger, investor: Client, className: string, decimal: string): Promise<Outcome> {
    const placed = { dealId, className, face: cents(decimal) };
    return ledger.submit(investor, 'tranche:order', { requestId: requestId() }, field('order', placed));
}

export interface Named {
    readonly className: string;
    readonly investor: string;
}

/** The depository closes the book at par. */
export function allot(ledger: MemoryLedger, orders: readonly Named[]): Promise<Outcome> {
    const prices = Object.keys(classes).map(className => ({ className, price: '100%' }));
    return ledger.submit(
        trust,
        'tranche:allot',
        { requestId: requestId() },
        field('allotment', { dealId, prices, orders }),
    );
}

export function issue(ledger: MemoryLedger): Promise<Outcome> {
    return ledger.submit(trust, 'tranche:issue', { requestId: requestId(), dealId }, privately());
}

/**
 * Issued and closed: the fund has bought all of A-1 and 12,000.00 of A-2 for cash, bank B the other 6,000.00 and
 * all of B and C.
 */
export async function issued(steps: Steps = {}): Promise<MemoryLedger> {
    const ledger = await settled();
    await authorised(ledger, steps);
    await provide(ledger, fund, cents('20000.00'));
    await provide(ledger, bankB, cents('12000.00'));
    await order(ledger, fund, 'A-1', '5000.00');
    await order(ledger, fund, 'A-2', '12000.00');
    for (const [className, decimal] of [
        ['A-2', '6000.00'],
        ['B', '3000.00'],
        ['C', '2500.00'],
    ] as const)
        await order(ledger, bankB, className, decimal);
    await allot(ledger, [
        { className: 'A-1', investor: 'fund' },
        { className: 'A-2', investor: 'fund' },
        { className: 'A-2', investor: 'bank-b' },
        { className: 'B', investor: 'bank-b' },
        { className: 'C', investor: 'bank-b' },
    ]);
    await issue(ledger);
    await ledger.submit(trust, 'deal:close', { requestId: requestId(), id: dealId });
    return ledger;
}

/**
 * A month in which every loan pays this much principal and 40.00 of interest, but for those that are lost, now or before; reported, and
 * confirmed by the trustee.
 */
export async function reported(
    ledger: MemoryLedger,
    period: number,
    balance: Amount,
    principal: Amount,
    version = 1,
    lost: readonly string[] = [],
): Promise<void> {
    const paying = {
        reportingPeriodActualEndBalanceAmount: Number(balance - principal),
        actualPrincipalCollectedAmount: Number(principal),
        totalActualAmountPaid: Number(principal) + 4_000,
    };
    const nothing = {
        reportingPeriodActualEndBalanceAmount: 0,
        actualPrincipalCollectedAmount: 0,
        totalActualAmountPaid: 0,
    };
    const asked = { dealId, period, version };
    await ledger.submit(
        bankA,
        'report:recordStates',
        { requestId: requestId(), ...asked, number: 0 },
        stateChunk(
            loans,
            Object.fromEntries(['1', '2', '3'].map(each => [each, lost.includes(each) ? nothing : paying])),
        ),
    );
    const reason = version > 1 ? { reason: 'a late payment' } : {};
    await ledger.submit(bankA, 'report:file', { requestId: requestId(), ...asked, ...reason }, privately());
    await ledger.submit(trust, 'report:confirm', { requestId: requestId(), ...asked }, privately());
}

export function run(ledger: MemoryLedger, period: number, client = bankA, purchasePrice = 0): Promise<Outcome> {
    return ledger.submit(client, 'waterfall:run', { requestId: requestId(), dealId, period, extra: { purchasePrice } });
}

export function distribute(ledger: MemoryLedger, period: number, id = requestId()): Promise<Outcome> {
    return ledger.submit(trust, 'settlement:distribute', { requestId: id, dealId, period }, privately());
}

/** The servicer remits what it has collected to the deal's account. */
export async function remit(ledger: MemoryLedger, amount: Amount): Promise<void> {
    await provide(ledger, bankA, amount);
    await move(ledger, bankA, trust, { asset: dollars, quantity: amount, account: dealId });
}

export async function book(ledger: MemoryLedger, client: Client, reader = regulator): Promise<BookContent> {
    return (await ledger.evaluate(reader, 'holding:book', { institution: client.institution })) as BookContent;
}

/** Every page of what a book remembers. */
async function pages<T>(ledger: MemoryLedger, transaction: string, client: Client, reader: Client): Promise<T[]> {
    const all: T[] = [];
    let after: string | undefined;
    do {
        const asked = { institution: client.institution, ...(after && { after }) };
        const page = (await ledger.evaluate(reader, transaction, asked)) as { records: T[]; next?: string };
        all.push(...page.records);
        after = page.next;
    } while (after !== undefined);
    return all;
}

export function closed(ledger: MemoryLedger, client: Client, reader = regulator): Promise<Instruction[]> {
    return pages(ledger, 'holding:closed', client, reader);
}

export function notices(ledger: MemoryLedger, client: Client, reader = regulator): Promise<HolderNotice[]> {
    return pages(ledger, 'holding:notices', client, reader);
}

export function payables(ledger: MemoryLedger, client: Client, reader = regulator): Promise<Payable[]> {
    return pages(ledger, 'holding:payables', client, reader);
}

/** What waits for the depository, from all pages. */
export async function pending(ledger: MemoryLedger, client = trust): Promise<Pending> {
    const pages: PendingPage[] = [];
    let next: PendingPage['next'];
    do {
        const page = (await ledger.evaluate(client, 'settlement:pending', { ...next })) as PendingPage;
        pages.push(page);
        next = page.next;
    } while (next !== undefined);
    return {
        pairs: pairUp(pages.flatMap(({ due }) => due)),
        expired: pages.flatMap(({ expired }) => expired),
        closed: pages.flatMap(({ closed }) => closed),
    };
}

export async function tranches(ledger: MemoryLedger): Promise<TrancheRecord[]> {
    return (await ledger.evaluate(fund, 'tranche:list', { dealId })) as TrancheRecord[];
}

/** What a client holds of an asset, free and pledged, in major units. */
export async function held(ledger: MemoryLedger, client: Client, asset: Asset, account = 'own'): Promise<string> {
    const { holdings } = await book(ledger, client);
    const found = holdings.find(holding => holding.asset === asset && holding.account === account);
    const minor = (Number(found?.free ?? 0) + Number(found?.pledged ?? 0)).toString().padStart(3, '0');
    return `${minor.slice(0, -2)}.${minor.slice(-2)}`;
}

/** Of every class and deposit all books together hold what the public record says is outstanding. */
export async function mustAddUp(ledger: MemoryLedger): Promise<void> {
    for (const [asset, { said, held: sum }] of Object.entries(await balances(ledger)))
        expect([asset, sum]).toEqual([asset, said]);
}

/** Every class and deposit: what the public record says is outstanding, and what all books hold of it. */
async function balances(ledger: MemoryLedger): Promise<Record<string, { said: bigint; held: bigint }>> {
    const deposits = (await ledger.evaluate(fund, 'holding:deposits')) as Deposit[];
    const records = [...deposits, ...(await tranches(ledger))];
    const contents = await Promise.all(everybody.map(client => book(ledger, client)));
    const holdings = contents.flatMap(content => content.holdings);
    return Object.fromEntries(
        records.map(({ asset, outstanding }) => {
            const own = holdings.filter(holding => holding.asset === asset);
            const sum = own.reduce((total, { free, pledged }) => total + BigInt(free) + BigInt(pledged), 0n);
            return [asset, { said: BigInt(outstanding), held: sum }];
        }),
    );
}
