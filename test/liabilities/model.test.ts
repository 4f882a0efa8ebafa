import { faults } from './model/faulty';
import { founded } from './model/founding';
import { Random, seedOfRun } from '../setting/random';
import { Walk } from './model/walk';

import type { Counts } from './model/sender';
import type { MemoryLedger } from '../chaincode/memory-ledger';

const seed = seedOfRun();
const steps = Number(process.env['POOLPROOF_STEPS'] ?? 20_000);
/** A deal's walk from its order book to its end. */
const length = 600;
/** What must be noticed is looked for where it is known to happen. */
const known = 20_261_122;

let base: MemoryLedger;

beforeAll(async () => {
    base = await founded();
});

/** What a step throws says with which seed it comes again in the first walk, and what has led to it. */
async function walk(first: number, number: number, counts: Counts, ledger = base.copy()): Promise<Walk> {
    const own = first + number * 7_919;
    const one = new Walk(ledger, new Random(own), counts);
    for (let step = 0; step < length; step++)
        try {
            await one.step();
        } catch (cause) {
            const log = one.log.slice(-40).join('\n');
            throw new Error(`POOLPROOF_SEED=${own}, step ${step}: ${String(cause)}\n${log}`, { cause });
        }
    one.check();
    return one;
}

it(
    `finds no difference to a plain model in ${steps} random steps (POOLPROOF_SEED=${seed})`,
    async () => {
        const counts: Counts = new Map();
        for (let number = 0; number * length < steps; number++) await walk(seed, number, counts);
        // A walk that nothing comes of would prove nothing.
        if (steps < 20_000) return;
        for (const each of expected) expect([each, (counts.get(each) ?? 0) > 2]).toEqual([each, true]);
        // Whatever an institution asks by mistake, nobody has altered anything here.
        expect(counts.get('RECORD_FORGED')).toBeUndefined();
    },
    60_000 + 20 * steps,
);

/** What must have happened again and again. */
const expected = [
    ...['tranche:order', 'tranche:allot', 'tranche:issue', 'settlement:settle', 'settlement:distribute', 'redeemed'],
    ...['transfer', 'pledge', 'release', 'enforce', 'issue', 'redeem', 'batch', 'partial', 'settlement:expire'],
    ...[
        'settlement:send of a payee',
        'settlement:takeBack of a payee',
        'settlement:release of a payee',
        'settlement:send',
        'settlement:takeBack',
        'settlement:release',
        'waterfall:reinstate',
        'deal:end',
        'settlement:payOut',
        'tranche:retire',
    ],
    ...['conflict', 'side by side', 'sent twice', 'answered late', 'ordered late', 'reused', 'agent', 'crashed'],
    ...['HOLDING_SHORT', 'INSTITUTION_NOT_ACTIVE', 'INVESTOR_NOT_ELIGIBLE', 'INSTRUCTION_EXPIRED', 'LIEN_EXCEEDED'],
];

it.each(faults)('would notice a contract that $name', async fault => {
    const mend = fault.break();
    try {
        const all = async () => {
            for (let number = 0; number < 15; number++) await walk(known, number, new Map());
        };
        await expect(all()).rejects.toThrow('POOLPROOF_SEED');
    } finally {
        mend();
    }
});

describe('would notice that somebody has altered', () => {
    let ledger: MemoryLedger;
    let walked: Walk;

    beforeAll(async () => {
        ledger = base.copy();
        walked = await walk(known, 0, new Map(), ledger);
    });

    it.each([
        ['what is held', 'holding', /"free":"(\d+)"/, 'free'],
        ['what is pledged', 'holding', /"pledged":"(\d+)"/, 'pledged'],
        ['what was held on a day', 'holding', /"quantity":"(\d+)"(?=\}\])/, 'quantity'],
        ['how much of a trade has settled', 'closed', /"settled":"(\d+)"/, 'settled'],
        ['what an investor has ordered', 'order', /"face":"(\d+)"/, 'face'],
        ['what a holder was told', 'notice', /"total":"(\d+)"/, 'total'],
        ['what is outstanding', 'tranche', /"outstanding":"(\d+)"/, 'outstanding'],
        ['what a bank owes', 'deposit', /"outstanding":"([1-9]\d*)"/, 'outstanding'],
    ])('%s', (_, noun, amount, name) => {
        const all = [ledger.state, ...ledger.hidden.values()];
        const records = all.find(each => [...each].some(([key, value]) => isOf(noun, key, value, amount)));
        const [key, value] = [...(records ?? [])].find(each => isOf(noun, ...each, amount)) ?? ['', Buffer.from('')];
        const altered = Buffer.from(value)
            .toString()
            .replace(amount, (_found, digits: string) => `"${name}":"${BigInt(digits) + 1n}"`);
        records?.set(key, Buffer.from(altered));
        try {
            expect(altered).not.toBe(Buffer.from(value).toString());
            expect(() => walked.check()).toThrow();
        } finally {
            records?.set(key, value);
        }
        walked.check();
    });
});

function isOf(noun: string, key: string, value: Uint8Array, amount: RegExp): boolean {
    return key.startsWith(`\u0000${noun}\u0000`) && amount.test(Buffer.from(value).toString());
}
