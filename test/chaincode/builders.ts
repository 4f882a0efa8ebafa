import { deflateRawSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { assetClassOf, canonical, compareBytes, encodeChunk, identityOf, orderOf } from '@poolproof/chaincode/domain';

import { MemoryLedger } from './memory-ledger';

import type { AssetClass, Cell } from '@poolproof/chaincode/domain';
import type { Client, Transient } from './memory-ledger';

export const bankA: Client = { institution: 'bank-a', roles: 'admin,originator,servicer' };
export const bankB: Client = { institution: 'bank-b', roles: 'admin,originator,servicer' };
export const trustee: Client = { institution: 'trust', roles: 'admin,trustee' };
export const fund: Client = { institution: 'fund', roles: 'admin,investor' };
export const regulator: Client = { institution: 'regulator', roles: 'admin,regulator' };

export type Row = Readonly<Record<string, Cell>>;

const autoLoan = assetClassOf('auto-loan');

let requests = 0;

/** A request id of its own. */
export function requestId(): string {
    requests += 1;
    return `request-${requests}`;
}

/** A loan in minor units; whatever is given replaces what a plain loan would say. */
export function loan(assetNumber: string, given: Row = {}): Row {
    return {
        assetNumber,
        originatorName: 'Bank A',
        originalLoanAmount: 2_000_000,
        originalLoanTerm: 72,
        obligorCreditScore: 7_000_000,
        obligorGeographicLocation: 'TX',
        remainingTermToMaturityNumber: 60,
        reportingPeriodInterestRatePercentage: 5_000_000,
        reportingPeriodActualEndBalanceAmount: 1_000_000,
        ...given,
    };
}

/** A chunk of loans in the tape's order, as it travels in the transient map. */
export function loanChunk(loans: readonly Row[], assetClass = autoLoan): Transient {
    return chunkOf('loan', inOrder(loans, assetClass), assetClass);
}

/** A month of the same loans; those not given report nothing. */
export function stateChunk(
    loans: readonly Row[],
    states: Readonly<Record<string, Row>>,
    assetClass = autoLoan,
): Transient {
    const { loanRoles, stateRoles } = assetClass;
    const rows = inOrder(loans, assetClass).map(row => ({
        [stateRoles.number]: row[loanRoles.number] ?? null,
        ...states[String(row[loanRoles.number])],
    }));
    return chunkOf('state', rows, assetClass);
}

/** Rows as given, in whatever order. */
export function chunkOf(kind: 'loan' | 'state', rows: readonly Row[], assetClass = autoLoan): Transient {
    const layout = assetClass[kind];
    const cells = rows.map(row => layout.fields.map(field => row[field.name] ?? null));
    return privately({ chunk: deflateRawSync(encodeChunk(layout, cells, randomBytes(32))) });
}

export function inOrder(loans: readonly Row[], assetClass = autoLoan): Row[] {
    return loans
        .map(row => ({ row, order: placeOf(row, assetClass) }))
        .sort((a, b) => compareBytes(a.order, b.order))
        .map(({ row }) => row);
}

function placeOf(row: Row, assetClass: AssetClass): Uint8Array {
    const values = assetClass.identity.fields.map(field => row[field] ?? null);
    return orderOf(identityOf(assetClass, values));
}

export function privately(fields: Transient = {}): Transient {
    return { salt: randomBytes(32), ...fields };
}

/** Terms of an auto-loan deal between bank A and the trust company on a pool of this balance. */
export function terms(balance: number): Record<string, unknown> {
    const document = JSON.parse(
        readFileSync(require.resolve('../../../chaincode/terms/auto-loan.json'), 'utf8'),
    ) as Record<string, unknown>;
    const amount = `${Math.floor(balance / 100)}.${String(balance % 100).padStart(2, '0')}`;
    return {
        ...document,
        parties: { ...(document['parties'] as object), originator: 'bank-a', servicer: 'bank-a', trustee: 'trust' },
        pool: { balance: amount },
    };
}

/** Of pools so small that their parties agree that single loans may be seen. */
export const rules = {
    assetClass: 'auto-loan',
    rollForward: { exceptions: 'adjust', chargeOffAtZero: true },
    fewestLoans: 1,
};

/** A consortium whose institutions have joined and hold their roles. */
export async function consortium(): Promise<MemoryLedger> {
    const ledger = new MemoryLedger();
    const wanted: readonly (readonly [Client, string[]])[] = [
        [regulator, ['regulator']],
        [bankA, ['originator', 'servicer']],
        [bankB, ['originator', 'servicer']],
        [trustee, ['depository', 'trustee']],
        [fund, ['investor']],
    ];
    for (const [client, roles] of wanted) {
        const id = client.institution;
        await ledger.submit(client, 'institution:join', { requestId: requestId(), id, name: id, roles });
        if (client !== regulator)
            await ledger.submit(regulator, 'institution:confirm', { requestId: requestId(), id, roles });
    }
    await ledger.submit(regulator, 'pledge:layKey', { requestId: requestId() }, privately({ key: randomBytes(32) }));
    const deposit = { requestId: requestId(), currency: 'USD', bank: 'bank-b' };
    await ledger.submit({ ...trustee, roles: 'depository' }, 'holding:openDeposit', deposit);
    return ledger;
}

/** What a deal has instead of the plain terms and rules. */
export interface Given {
    readonly terms?: Readonly<Record<string, unknown>>;
    readonly rules?: Readonly<Record<string, unknown>> & { readonly assetClass?: string };
}

/** A deal in structuring on a pool of these loans. */
export async function opened(
    ledger: MemoryLedger,
    id: string,
    loans: readonly Row[],
    given: Given = {},
): Promise<void> {
    const all = { ...rules, ...given.rules };
    const field = assetClassOf(all.assetClass).loanRoles.balance;
    const balance = loans.reduce((sum, row) => sum + Number(row[field]), 0);
    const document = { ...terms(balance), ...given.terms };
    await ledger.submit(bankA, 'deal:open', { requestId: requestId(), id, terms: document, rules: all });
}

/** ... whose tape is recorded in one chunk and submitted. */
export async function submitted(
    ledger: MemoryLedger,
    dealId: string,
    loans: readonly Row[],
    given: Given = {},
): Promise<void> {
    await opened(ledger, dealId, loans, given);
    const chunk = loanChunk(loans, assetClassOf(given.rules?.assetClass ?? rules.assetClass));
    await ledger.submit(bankA, 'tape:record', { requestId: requestId(), dealId, number: 0 }, chunk);
    await ledger.submit(bankA, 'tape:submit', { requestId: requestId(), dealId, chunks: 1 }, privately());
}

/** ... and pledged and sealed by the trustee. */
export async function sealed(
    ledger: MemoryLedger,
    dealId: string,
    loans: readonly Row[],
    given: Given = {},
): Promise<void> {
    await submitted(ledger, dealId, loans, given);
    await ledger.submit(trustee, 'pledge:pledge', { requestId: requestId(), dealId, number: 0 }, privately());
    await ledger.submit(trustee, 'tape:seal', { requestId: requestId(), dealId, evidence: [] }, privately());
}

/** ... and issued: its months can be reported. Who holds its notes is left out: they are authorised, and marked as sold. */
export async function issued(
    ledger: MemoryLedger,
    dealId: string,
    loans: readonly Row[],
    given: Given = {},
): Promise<void> {
    await sealed(ledger, dealId, loans, given);
    const { tranches } = (await ledger.evaluate(trustee, 'deal:terms', { id: dealId })) as {
        tranches: { id: string }[];
    };
    const offerings = tranches.map(({ id }) => ({ className: id, face: '100', minimum: '1', increment: '1' }));
    const asked = { requestId: requestId(), dealId, depository: 'trust', cash: 'cash:USD:bank-b', offerings };
    await ledger.submit(bankA, 'tranche:authorise', asked);
    alter(ledger, ['issue', dealId], () => ({ status: 'issued' }));
    for (const { id } of tranches)
        alter(ledger, ['tranche', dealId, id], ({ original }) => ({ status: 'outstanding', outstanding: original }));
    await ledger.submit(trustee, 'deal:close', { requestId: requestId(), id: dealId });
}

/** Changes a public record past the contract, as altered chaincode can. */
export function alter(
    ledger: MemoryLedger,
    key: readonly string[],
    change: (record: Record<string, unknown>) => Record<string, unknown>,
): void {
    const name = keyOf(key);
    const record = JSON.parse(Buffer.from(ledger.state.get(name) ?? []).toString()) as Record<string, unknown>;
    ledger.state.set(name, Buffer.from(canonical({ ...record, ...change(record) })));
}

/** Composite key of a public record: `['deal', 'deal-1']`. */
export function keyOf(parts: readonly string[]): string {
    return ['', ...parts, ''].join('\u0000');
}
