import { alone, instructionReader } from '../domain/instruction';
import { movementsOf } from '../domain/leg';
import { lienReader } from '../domain/lien';
import { Deals } from './deal';
import { Refusal } from '../domain/refusal';
import { Tranches } from './tranche';

import type { Batch, Instruct, Instruction, Pair, PlaceFacts } from '../domain/instruction';
import type { Lien } from '../domain/lien';
import type { Restrictions, Settled, SettlementFacts } from '../domain/settlement';
import type { Context } from './context';
import type { Day } from '../domain/day';
import type { Holdings } from './holding';

/** Instructions, each in the book of the party that placed it, and liens, each in its pledgor's. */
export class Settlements {
    constructor(
        private readonly ctx: Context,
        private readonly holdings: Holdings,
    ) {}

    find(institution: string, reference: string): Promise<Instruction | undefined> {
        return this.holdings.book(institution).find('instruction', instructionReader, reference);
    }

    /** @throws Refusal NOT_FOUND */
    async load(institution: string, reference: string): Promise<Instruction> {
        const instruction = await this.find(institution, reference);
        if (instruction === undefined) throw new Refusal('NOT_FOUND', { noun: 'instruction', id: reference });
        return instruction;
    }

    /** @throws Refusal NOT_FOUND where an account of no deal is named */
    async placeFacts(institution: string, { account, reference }: Instruct): Promise<PlaceFacts> {
        const before = await this.find(institution, reference);
        const deal = account === undefined || account === 'own' ? undefined : await new Deals(this.ctx).load(account);
        return { before, keeper: deal?.trustee };
    }

    async save(instruction: Instruction): Promise<void> {
        const { institution, reference } = instruction;
        await this.holdings.book(institution).save('instruction', instructionReader, instruction, reference);
    }

    /** The instructions in the books of these institutions. For queries. */
    async ofAll(institutions: readonly string[]): Promise<Instruction[]> {
        const instructions: Instruction[] = [];
        for (const institution of institutions)
            instructions.push(...(await this.holdings.book(institution).list('instruction', instructionReader)));
        return instructions;
    }

    /** Both instructions of every pair of a batch. @throws Refusal NOT_FOUND */
    async pairs({ pairs }: Batch): Promise<Pair[]> {
        const loaded: Pair[] = [];
        for (const { reference, deliverer, receiver, quantity } of pairs) {
            const deliver = await this.load(deliverer, reference);
            const both =
                deliverer === receiver ? alone(deliver) : { deliver, receive: await this.load(receiver, reference) };
            loaded.push({ ...both, quantity });
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
        for (const instruction of settled.instructions) await this.save(instruction);
        for (const lien of settled.liens)
            await this.holdings.book(lien.pledgor).save('lien', lienReader, lien, lien.reference);
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
        const liens: Lien[] = [];
        const named = new Map(pairs.flatMap(({ deliver, receive }) => lienNamed(deliver, receive)));
        for (const [reference, pledgor] of named) {
            const lien = await this.holdings.book(pledgor).find('lien', lienReader, reference);
            if (lien !== undefined) liens.push(lien);
        }
        return liens;
    }
}

/** A pledge adds to the lien of its own reference; a release takes from the one it names, in the book of who gets the notes back. */
function lienNamed(deliver: Instruction, receive: Instruction): [string, string][] {
    if (deliver.kind === 'pledge') return [[deliver.reference, deliver.institution]];
    return deliver.lien === undefined ? [] : [[deliver.lien, receive.institution]];
}
