import { alone, assetsIn, mustBeClosed } from '../domain/instruction';
import { movementsOf } from '../domain/leg';
import { lienNamed, lienReader } from '../domain/lien';
import { Deals } from './deal';
import { groupedBy } from './instruction';
import { Refusal } from '../domain/refusal';
import { Tranches } from './tranche';

import type {
    Batch,
    Expire,
    File,
    Instruct,
    Instruction,
    Pair,
    PlaceFacts,
    PlaceInBooks,
    ReadPendingRequest,
} from '../domain/instruction';
import type { Lien } from '../domain/lien';
import type { Restrictions, Settled, SettlementFacts } from '../domain/settlement';
import type { Context } from './context';
import type { Day } from '../domain/day';
import type { Holdings } from './holding';
import type { Instructions } from './instruction';

/** Most instructions that one look at what waits reads: a fraction of a second, however many there are. */
const mostAtOnce = 1_000;

/** Instructions, each in the book of the party that placed it, and liens, each in its pledgor's, as a settlement joins them. */
export class Settlements {
    constructor(
        private readonly ctx: Context,
        private readonly holdings: Holdings,
    ) {}

    /**
     * @param at the instruction's place in the request, which a refusal names
     * @throws Refusal NOT_FOUND
     */
    async load(institution: string, reference: string, at: string, sheet?: string): Promise<Instruction> {
        const instruction = await this.instructionsOf(institution).find(reference, sheet);
        if (instruction === undefined)
            throw new Refusal('NOT_FOUND', { noun: 'instruction by the reference in', id: at });
        return instruction;
    }

    /**
     * What must be known to place each of these instructions.
     * @throws Refusal NOT_FOUND where an account of no deal, or notes of no class, are named; DEPOSIT_UNKNOWN
     */
    async placeFacts(institution: string, asked: readonly Instruct[]): Promise<PlaceFacts[]> {
        const [instructions, deals] = [this.instructionsOf(institution), new Deals(this.ctx)];
        const keepers = await this.holdings.keepersOf(asked.flatMap(assetsIn));
        const facts: PlaceFacts[] = [];
        for (const { account, reference } of asked) {
            const before = await instructions.find(reference);
            const deal = account === undefined || account === 'own' ? undefined : await deals.load(account);
            facts.push({ before, trustee: deal?.trustee, keepers });
        }
        return facts;
    }

    /** The instructions in an institution's book. */
    instructionsOf(institution: string): Instructions {
        return this.holdings.book(institution).instructions;
    }

    /** Files away instructions that can settle no more. */
    async file(instructions: readonly Instruction[]): Promise<void> {
        for (const [institution, own] of groupedBy('institution', instructions))
            await this.instructionsOf(institution).file(own);
    }

    /** Of the instructions named, those that are not filed yet. @throws Refusal NOT_FOUND, INSTRUCTION_STILL_OPEN */
    async unfiled({ instructions }: File): Promise<Instruction[]> {
        const unfiled: Instruction[] = [];
        for (const [i, { institution, reference }] of instructions.entries()) {
            const at = `closed.instructions[${i}]`;
            const found = await this.instructionsOf(institution).findUnfiled(reference);
            mustBeClosed(found ?? (await this.load(institution, reference, at)), at);
            if (found !== undefined) unfiled.push(found);
        }
        return unfiled;
    }

    /**
     * Instructions that are not filed, in the drawers of these institutions one after the other: about so many, and where to read on.
     * For queries.
     */
    async notFiled(
        institutions: readonly string[],
        begun: ReadPendingRequest,
    ): Promise<{ instructions: Instruction[]; next?: PlaceInBooks }> {
        const drawers = institutions.flatMap(institution => {
            return (['instruction', 'sheet'] as const).map(drawer => ({ institution, drawer }));
        });
        const { institution: owner, drawer: open = 'instruction', after } = begun;
        const first = drawers.findIndex(({ institution, drawer }) => institution === owner && drawer === open);
        const instructions: Instruction[] = [];
        for (const [i, { institution, drawer }] of drawers.slice(Math.max(first, 0)).entries()) {
            const room = mostAtOnce - instructions.length;
            if (room <= 0) return { instructions, next: { institution, drawer } };
            const from = i === 0 && first >= 0 ? after : undefined;
            const { found, last } = await this.instructionsOf(institution).unfiled(drawer, room, from);
            instructions.push(...found);
            if (last !== undefined) return { instructions, next: { institution, drawer, after: last } };
        }
        return { instructions };
    }

    /** Both instructions of every pair of a batch. @throws Refusal NOT_FOUND */
    async pairs({ pairs }: Batch): Promise<Pair[]> {
        const loaded: Pair[] = [];
        for (const [i, { reference, deliverer, receiver, quantity, sheets }] of pairs.entries()) {
            const at = `batch.pairs[${i}]`;
            const deliver = await this.load(deliverer, reference, at, sheets?.deliver);
            const both =
                deliverer === receiver
                    ? alone(deliver)
                    : { deliver, receive: await this.load(receiver, reference, at, sheets?.receive) };
            loaded.push({ ...both, at, quantity });
        }
        return loaded;
    }

    /** Each instruction named, with its place in the request. @throws Refusal NOT_FOUND */
    async named({ instructions }: Expire): Promise<{ at: string; instruction: Instruction }[]> {
        const loaded: { at: string; instruction: Instruction }[] = [];
        for (const [i, { institution, reference }] of instructions.entries()) {
            const at = `expired.instructions[${i}]`;
            loaded.push({ at, instruction: await this.load(institution, reference, at) });
        }
        return loaded;
    }

    async facts(pairs: readonly Pair[], today: Day): Promise<SettlementFacts> {
        return {
            depository: this.ctx.caller.id,
            books: await this.holdings.load(pairs.flatMap(movementsOf), today),
            standings: await this.holdings.standings(
                pairs.flatMap(({ deliver }) => [deliver.institution, deliver.counterparty]),
            ),
            restrictions: await this.restrictions(pairs),
            liens: await this.liens(pairs),
        };
    }

    async settle(settled: Settled): Promise<void> {
        await this.holdings.save(settled);
        for (const [institution, own] of groupedBy('institution', settled.instructions))
            await this.instructionsOf(institution).save(own);
        for (const lien of settled.liens) {
            const book = this.holdings.book(lien.pledgor);
            if (lien.quantity > 0n) await book.save('lien', lienReader, lien, lien.reference);
            else await book.remove('lien', lienReader, lien.reference);
        }
    }

    private async restrictions(pairs: readonly Pair[]): Promise<Restrictions[]> {
        const tranches = new Tranches(this.ctx);
        const assets = new Set(pairs.map(({ deliver }) => deliver.asset).filter(asset => asset.startsWith('note:')));
        const restrictions: Restrictions[] = [];
        for (const asset of assets) {
            const [, dealId = '', className = ''] = asset.split(':');
            restrictions.push(await tranches.load(dealId, className));
        }
        return restrictions;
    }

    private async liens(pairs: readonly Pair[]): Promise<Lien[]> {
        const liens = new Map<string, Lien>();
        for (const pair of pairs) {
            const [reference, pledgor] = lienNamed(pair) ?? [];
            if (reference === undefined || pledgor === undefined) continue;
            const lien = await this.holdings.book(pledgor).find('lien', lienReader, reference);
            if (lien !== undefined) liens.set(`${pledgor}|${reference}`, lien);
        }
        return [...liens.values()];
    }
}
