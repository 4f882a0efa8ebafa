import { faults } from './model/faulty';
import { founded } from './model/founding';
import { Random, seedOfRun } from '../setting/random';
import { Walk } from './model/walk';

import type { Counts } from './model/walk';
import type { MemoryLedger } from '../chaincode/memory-ledger';

const seed = seedOfRun();
const steps = Number(process.env['POOLPROOF_STEPS'] ?? 20_000);
/** A deal's walk from its order book to its end. */
const length = 600;

let base: MemoryLedger;

beforeAll(async () => {
    base = await founded();
});

/** What a step throws says by which seed it comes again, and what has led to it. */
async function walk(number: number, counts: Counts, ledger = base.copy()): Promise<void> {
    const one = new Walk(ledger, new Random(seed + number * 7_919), counts);
    for (let step = 0; step < length; step++)
        try {
            await one.step();
        } catch (cause) {
            const log = one.log.slice(-40).join('\n');
            const where = `POOLPROOF_SEED=${seed}, walk ${number}, step ${step}`;
            throw new Error(`${where}: ${String(cause)}\n${log}`, { cause });
        }
    one.check();
}

it(`finds no difference to a plain model in ${steps} random steps (POOLPROOF_SEED=${seed})`, async () => {
    const counts: Counts = new Map();
    for (let number = 0; number * length < steps; number++) await walk(number, counts);
    if (process.env['POOLPROOF_COUNTS']) console.log(Object.fromEntries([...counts].sort()));
    // A walk that nothing comes of would prove nothing.
    for (const each of expected) expect([each, (counts.get(each) ?? 0) > 2]).toEqual([each, true]);
}, 600_000);

/** What must have happened again and again. */
const expected = [
    ...['tranche:order', 'tranche:allot', 'tranche:issue', 'settlement:settle', 'settlement:distribute', 'redeemed'],
    ...['transfer', 'pledge', 'release', 'enforce', 'issue', 'redeem', 'batch', 'partial', 'settlement:expire'],
    ...[
        'settlement:send',
        'settlement:takeBack',
        'settlement:release',
        'waterfall:reinstate',
        'deal:end',
        'tranche:retire',
    ],
    ...['conflict', 'side by side', 'sent twice', 'answered late', 'ordered late', 'reused', 'agent', 'crashed'],
    ...['HOLDING_SHORT', 'INSTITUTION_NOT_ACTIVE', 'INVESTOR_NOT_ELIGIBLE', 'INSTRUCTION_EXPIRED', 'LIEN_EXCEEDED'],
];

it.each(faults)('would notice a contract that $name', async fault => {
    const mend = fault.break();
    try {
        const all = async () => {
            for (let number = 0; number < 15; number++) await walk(number, new Map());
        };
        await expect(all()).rejects.toThrow('POOLPROOF_SEED');
    } finally {
        mend();
    }
});
