import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

import { assetClassOf, encodeChunk, identityOf } from '@poolproof/chaincode/domain';

import {
    bankA,
    consortium,
    issued,
    loan,
    opened,
    privately,
    regulator,
    requestId,
    stateChunk,
    trustee,
} from './builders';

import type { Client, MemoryLedger, Transient } from './memory-ledger';
import type { Row } from './builders';

/** Marks that stand in private fields and nowhere else. */
const marks = ['MARK-4711', 'MARK-ORIGINATOR', 'MARKMODEL', '734512', '7345.12', '612345'];

const marked = loan('MARK-4711', {
    originatorName: 'MARK-ORIGINATOR',
    vehicleModelName: 'MARKMODEL',
    vehicleValueAmount: 734_512,
    reportingPeriodActualEndBalanceAmount: 612_345,
});
const others = Array.from({ length: 9 }, (_, i) =>
    loan(`OTHER-${i}`, { reportingPeriodActualEndBalanceAmount: 1_111_111 }),
);
const pool = [marked, ...others];

/** Everything that somebody outside the collections gets to see of a ledger: state, answers, events, refusals. */
class Outside {
    readonly seen: string[] = [];

    constructor(readonly ledger: MemoryLedger) {}

    async submit(
        client: Client,
        transaction: string,
        request: object,
        transient: Transient = privately(),
    ): Promise<void> {
        const asked = { requestId: requestId(), ...request };
        this.seen.push(JSON.stringify(asked));
        try {
            const { reply, event } = await this.ledger.submit(client, transaction, asked, transient);
            this.seen.push(JSON.stringify({ reply, event }));
        } catch (error) {
            this.seen.push(String(error));
        }
    }

    leaks(): string[] {
        const text = [...this.seen, this.ledger.publicText()].join('\n');
        return marks.filter(mark => text.includes(mark));
    }
}

/** The life of a pool, with a month that does not roll forward, a restatement, refusals and the regulator's visit. */
async function story(): Promise<Outside> {
    const ledger = await consortium();
    await issued(ledger, 'deal-1', pool);
    const outside = new Outside(ledger);
    const report = { dealId: 'deal-1', period: 1, version: 1 };
    const month = (end: number) => stateChunk(pool, { 'MARK-4711': { reportingPeriodActualEndBalanceAmount: end } });
    await outside.submit(bankA, 'report:recordStates', { ...report, number: 0 }, month(600_000));
    await outside.submit(bankA, 'report:file', report);
    await outside.submit(bankA, 'report:recordStates', { ...report, number: 0, version: 2 }, month(-5));
    await outside.submit(bankA, 'report:file', { ...report, version: 2, reason: 'corrected' });
    await outside.submit(trustee, 'report:confirm', { ...report, version: 2 });
    await outside.submit(regulator, 'audit:access', { dealId: 'deal-1', kind: 'tape', purpose: 'a visit' });
    await opened(ledger, 'deal-2', [marked]);
    await outside.submit(bankA, 'tape:record', { dealId: 'deal-2', number: 0 }, stateChunk([marked], {}));
    await outside.submit(bankA, 'tape:record', { dealId: 'deal-2', number: 0 }, chunkUnder(new Uint8Array(32).fill(9)));
    await outside.submit(bankA, 'tape:submit', { dealId: 'deal-2', chunks: 1 });
    await outside.submit(trustee, 'pledge:pledge', { dealId: 'deal-2', number: 0 });
    return outside;
}

/** A chunk of the marked loan alone, under a secret of our choice. */
function chunkUnder(secret: Uint8Array): Transient {
    const { loan: layout } = assetClassOf('auto-loan');
    const cells = layout.fields.map(field => marked[field.name] ?? null);
    return privately({ chunk: deflateRawSync(encodeChunk(layout, [cells], secret)) });
}

it('no private field stands in anything that others can see', async () => {
    const outside = await story();
    expect(outside.seen.join('\n')).toContain('ASSET_ALREADY_PLEDGED');
    expect(outside.leaks()).toEqual([]);
});

it('... and the same search finds a leak that is there', async () => {
    const outside = await story();
    await outside.submit(bankA, 'report:dispute', {
        dealId: 'deal-1',
        period: 1,
        version: 2,
        reason: 'MARK-4711 is wrong',
    });
    expect(outside.leaks()).toEqual(['MARK-4711']);
});

describe('somebody who knows every loan, but no salt,', () => {
    /** All hashes that a peer outside holds of one tape of one loan: of private keys and values, and the public roots. */
    async function hashesOf(transient: Transient): Promise<Set<string>> {
        const ledger = await consortium();
        await opened(ledger, 'deal-1', [marked]);
        await ledger.submit(bankA, 'tape:record', { requestId: requestId(), dealId: 'deal-1', number: 0 }, transient);
        await ledger.submit(bankA, 'tape:submit', { requestId: requestId(), dealId: 'deal-1', chunks: 1 }, privately());
        const hidden = [...(ledger.hidden.get('tape_bank-a_trust') ?? [])].flatMap(([key, value]) => [
            sha256(key),
            sha256(value),
        ]);
        const roots = ledger.publicText().match(/[0-9a-f]{64}/g) ?? [];
        return new Set([...hidden, ...roots]);
    }

    /** Whatever he can compute from the true loan: its number, its identity, a chunk of it under a secret he tries. */
    function dictionary(loanKnown: Row): string[] {
        const assetClass = assetClassOf('auto-loan');
        const cells = assetClass.loan.fields.map(field => loanKnown[field.name] ?? null);
        const identity = identityOf(
            assetClass,
            assetClass.identity.fields.map(field => loanKnown[field] ?? null),
        );
        const zero = encodeChunk(assetClass.loan, [cells], new Uint8Array(32));
        return [sha256('MARK-4711'), sha256(identity), sha256(zero), sha256(deflateRawSync(zero))];
    }

    it('finds none of them in the hashes that his peer holds', async () => {
        const hashes = await hashesOf(chunkUnder(createHash('sha256').update('secret').digest()));
        expect(hashes.size).toBeGreaterThan(5);
        expect(dictionary(marked).filter(hash => hashes.has(hash))).toEqual([]);
    });

    it('... and finds them where the secret is one he can guess', async () => {
        const hashes = await hashesOf(chunkUnder(new Uint8Array(32)));
        expect(dictionary(marked).filter(hash => hashes.has(hash))).not.toEqual([]);
    });
});

function sha256(value: string | Uint8Array): string {
    return createHash('sha256').update(value).digest('hex');
}
