import { createHash } from 'node:crypto';

import { Refusal, proofReader, prove, shape, verify } from '@poolproof/chaincode/domain';

import { InputError } from './input-error';

import type { AssetClass, Cell, Chunk, Proof } from '@poolproof/chaincode/domain';
import type { Connection } from './connection';

const { currency, id, integer, label, list, object, optional } = shape;

/** Reads proofs as they are handed over. */
export const proofsReader = object({
    dealId: id,
    /** Of proofs of months: the report. None for loans of the tape. */
    period: optional(integer(1)),
    version: optional(integer(1)),
    /** Of loans added to the pool since: the addition. */
    addition: optional(integer(1)),
    currency,
    proofs: list(object({ loan: label, proof: proofReader })),
});
/** Proofs as they are handed over: what they are said to be of, and what shows it. Only the proofs themselves are evidence. */
export type Proofs = ReturnType<typeof proofsReader>;

/** Which records are to be proved. */
export interface ProofRequest {
    readonly dealId: string;
    /** A month of the loans instead of the tape: the period and the version of its report. */
    readonly report?: { readonly period: number; readonly version: number };
    /** Loans of an addition to the pool instead of the tape: its number. */
    readonly addition?: number;
    /** The servicer's numbers of the loans; or so many drawn at random. */
    readonly loans: readonly string[] | { readonly sample: number; readonly seed: string };
}

/** Where the proved records stand. */
interface Source {
    readonly assetClass: AssetClass;
    readonly kind: Proof['kind'];
    readonly chunkRoots: readonly string[];
    readonly chunk: (number: number) => Promise<Chunk>;
}

/**
 * Proves loans of a tape, or months of loans, to whoever is shown the proofs: originator, trustee or regulator from their own peer. One
 * chunk is in memory at a time. A sample is drawn by its seed alone, so that whoever has agreed on the seed can draw it again: see
 * `drawn`.
 * @throws InputError naming loans that there are not
 * @throws Refused NOT_FOUND; AccessFailure where the caller's institution may not see the loans
 */
export async function proveLoans(connection: Connection, request: ProofRequest): Promise<Proofs> {
    const { addition, dealId, loans, report } = request;
    const source = await sourceOf(connection, request);
    const proofs = 'sample' in loans ? await proveSample(source, loans) : await proveNamed(source, loans);
    const of = addition === undefined ? report : { addition };
    return { dealId, ...of, currency: (await connection.deals.read(dealId)).currency, proofs };
}

/** What came of checking one proof. */
export interface Verdict {
    readonly loan: string;
    readonly proved: boolean;
    /** Why it is not. */
    readonly problem?: string;
    /** The record that is proved, field by field. */
    readonly record?: Readonly<Record<string, Cell>>;
}

/** Checks proofs against a public root: of the deal's tape, of an addition, or of a month's report. Needs nothing but the two; asks nobody. */
export function verifyLoans({ proofs }: Proofs, root: string): Verdict[] {
    return proofs.map(({ loan, proof }) => {
        try {
            const record = verify(proof, root);
            if (Object.values(record)[0] === loan) return { loan, proved: true, record };
            return { loan, proved: false, problem: 'the proof is of another loan' };
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return { loan, proved: false, problem: String(error.details['problem'] ?? error.message) };
        }
    });
}

/**
 * So many of the first `total` numbers, none twice, drawn by a seed: the n-th draw is SHA-256 of `seed:n`, its first 6 bytes taken as a
 * number, modulo the total; a number drawn already is passed over. In ascending order.
 */
export function drawn(seed: string, count: number, total: number): number[] {
    const taken = new Set<number>();
    for (let draw = 0; taken.size < Math.min(count, total); draw++)
        taken.add(createHash('sha256').update(`${seed}:${draw}`).digest().readUIntBE(0, 6) % total);
    return [...taken].sort((a, b) => a - b);
}

async function sourceOf(connection: Connection, { addition, dealId, report }: ProofRequest): Promise<Source> {
    const { additions, deals, reports, tapes } = connection;
    const assetClass = await deals.assetClass(dealId);
    if (addition !== undefined) {
        const added = (await additions.list(dealId)).find(each => each.number === addition);
        if (!added) throw new Refusal('NOT_FOUND', { noun: 'addition', id: String(addition) });
        const { chunkRoots, first } = added;
        return { assetClass, kind: 'loan', chunkRoots, chunk: number => tapes.loans(dealId, first + number) };
    }
    if (report === undefined) {
        const { chunkRoots } = await tapes.read(dealId);
        return { assetClass, kind: 'loan', chunkRoots, chunk: number => tapes.loans(dealId, number) };
    }
    const { versions } = await reports.read(dealId, report.period);
    const filed = versions.find(({ version }) => version === report.version);
    if (!filed) throw new Refusal('REPORT_MISSING', { period: report.period });
    const { chunkRoots } = filed;
    return { assetClass, kind: 'state', chunkRoots, chunk: number => reports.states({ dealId, ...report }, number) };
}

async function proveNamed(source: Source, loans: readonly string[]): Promise<Proofs['proofs']> {
    const wanted = new Set(loans);
    const proofs = [];
    for (let number = 0; number < source.chunkRoots.length && wanted.size > 0; number++) {
        const chunk = await source.chunk(number);
        for (const [row, loan] of numbersIn(source, chunk).entries())
            if (wanted.delete(loan)) proofs.push({ loan, proof: proofOf(source, chunk, row, number) });
    }
    if (wanted.size > 0) throw new InputError(`no such loan: ${[...wanted].join(', ')}`);
    return proofs;
}

async function proveSample(
    source: Source,
    { sample, seed }: { readonly sample: number; readonly seed: string },
): Promise<Proofs['proofs']> {
    const rows: number[] = [];
    for (let number = 0; number < source.chunkRoots.length; number++) rows.push((await source.chunk(number)).rows);
    const total = rows.reduce((sum, count) => sum + count, 0);
    const wanted = drawn(seed, sample, total);
    const proofs = [];
    let first = 0;
    for (const [number, count] of rows.entries()) {
        const here = wanted.filter(index => index >= first && index < first + count).map(index => index - first);
        first += count;
        if (here.length === 0) continue;
        const chunk = await source.chunk(number);
        const loans = numbersIn(source, chunk);
        for (const row of here) proofs.push({ loan: loans[row] ?? '', proof: proofOf(source, chunk, row, number) });
    }
    return proofs;
}

function numbersIn({ assetClass, kind }: Source, chunk: Chunk): string[] {
    const { number } = kind === 'loan' ? assetClass.loanRoles : assetClass.stateRoles;
    return chunk.texts(number).map(String);
}

function proofOf({ assetClass, kind, chunkRoots }: Source, chunk: Chunk, row: number, number: number): Proof {
    return prove(assetClass, kind, chunk, row, chunkRoots, number);
}
