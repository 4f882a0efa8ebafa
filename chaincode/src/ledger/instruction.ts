import { byCodePoint } from '../domain/canonical';
import { id, object } from '../domain/shape';
import { instructionReader, isOpen, sheetReader } from '../domain/instruction';
import { pageOf, pageSize } from './book';

import type { Entry, Page } from './book';
import type { Instruction } from '../domain/instruction';
import type { OwnBook } from './own-book';
import type { Reader } from '../domain/shape';

const lineReader = object({ reference: id, onSheet: id });

/** What stands under a reference: the instruction, or the sheet on which it lies. */
type Placed = Instruction | ReturnType<typeof lineReader>;

const placedReader: Reader<Placed> = (value, at) =>
    (typeof value === 'object' && value !== null && 'onSheet' in value ? lineReader : instructionReader)(value, at);

/** Of a book: those that are not filed away, under `instruction`, or those that are, under `closed`. */
type Noun = 'closed' | 'instruction';

/**
 * The instructions of one book. One placed alone is a record of its own. Those placed together are one record, their sheet, so that a
 * batch that settles them reads and writes one key for all; under the reference of each stands where it lies. What has settled is
 * closed where it lies, and what stands under its reference is moved to `closed` when there is time: to find what waits, the
 * depository reads little, however much has settled before.
 */
export class Instructions {
    private readonly sheets = new Map<string, ReadonlyMap<string, Instruction>>();

    constructor(private readonly book: OwnBook) {}

    /**
     * An instruction, open or closed.
     * @param sheet on which it lies, where that is known: nothing is read but the sheet, and that once a transaction
     */
    async find(reference: string, sheet?: string): Promise<Instruction | undefined> {
        if (sheet !== undefined) return (await this.sheet(sheet)).get(reference);
        return (await this.placed('instruction', reference)) ?? (await this.placed('closed', reference));
    }

    /** One that is not filed away. */
    findUnfiled(reference: string): Promise<Instruction | undefined> {
        return this.placed('instruction', reference);
    }

    /** Enters new instructions under their references. */
    async place(instructions: readonly Instruction[]): Promise<void> {
        for (const instruction of instructions.filter(isOnSheet))
            await this.book.save('instruction', placedReader, lineOf(instruction), instruction.reference);
        await this.save(instructions);
    }

    /** Writes instructions as they stand now, each sheet once. */
    async save(instructions: readonly Instruction[]): Promise<void> {
        for (const instruction of instructions.filter(each => !isOnSheet(each)))
            await this.book.save('instruction', placedReader, instruction, instruction.reference);
        await this.saveSheets(instructions);
    }

    /** Writes instructions that can settle no more from now on, and files them away. */
    async close(instructions: readonly Instruction[]): Promise<void> {
        await this.saveSheets(instructions);
        await this.file(instructions);
    }

    /** Files away instructions that were closed before. */
    async file(instructions: readonly Instruction[]): Promise<void> {
        for (const instruction of instructions) {
            const { reference } = instruction;
            const placed = isOnSheet(instruction) ? lineOf(instruction) : instruction;
            await this.book.save('closed', placedReader, placed, reference);
            await this.book.remove('instruction', placedReader, reference);
        }
    }

    /** Those that may still settle. For queries. */
    async open(): Promise<Instruction[]> {
        const instructions: Instruction[] = [];
        for (const placed of await this.book.list('instruction', placedReader))
            instructions.push(await this.resolved(placed));
        return instructions.filter(isOpen);
    }

    /** At most so many with the ids of their keys, from the one after `after` on. For queries. */
    async entries(noun: Noun, most: number, after?: string): Promise<Entry<Instruction>[]> {
        const entries: Entry<Instruction>[] = [];
        for (const { id: key, record } of await this.book.entries(noun, placedReader, most, after))
            entries.push({ id: key, record: await this.resolved(record) });
        return entries;
    }

    /**
     * A page of those that can settle no more: filed, and not yet filed. Both lie in the order of the same ids, so one that is filed
     * between two pages is neither missed nor read twice. For queries.
     */
    async closed(after: string | undefined): Promise<Page<Instruction>> {
        const filed = await this.entries('closed', pageSize + 1, after);
        const unfiled = await this.entries('instruction', pageSize + 1, after);
        // Of an instruction that was withdrawn and placed again, the later word counts once it is closed, too.
        const known = new Set(filed.map(({ id: key }) => key));
        const fresh = unfiled.filter(({ id: key, record }) => !known.has(key) || !isOpen(record));
        const byId = new Map([...filed, ...fresh].map(entry => [entry.id, entry]));
        const { records, ...rest } = pageOf([...byId.values()].sort((a, b) => byCodePoint(a.id, b.id)));
        return { records: records.filter(record => !isOpen(record)), ...rest };
    }

    private async placed(noun: Noun, reference: string): Promise<Instruction | undefined> {
        const placed = await this.book.find(noun, placedReader, reference);
        return placed === undefined ? undefined : this.resolved(placed);
    }

    private async resolved(placed: Placed): Promise<Instruction> {
        if (!('onSheet' in placed)) return placed;
        const instruction = (await this.sheet(placed.onSheet)).get(placed.reference);
        if (instruction === undefined)
            throw new Error('an instruction does not lie on the sheet that its reference names');
        return instruction;
    }

    /** The instructions of a sheet by their references: none where there is no such sheet. */
    private async sheet(name: string): Promise<ReadonlyMap<string, Instruction>> {
        const known = this.sheets.get(name);
        if (known) return known;
        const { instructions = [] } = (await this.book.find('sheet', sheetReader, name)) ?? {};
        const sheet = new Map(instructions.map(each => [each.reference, each]));
        this.sheets.set(name, sheet);
        return sheet;
    }

    private async saveSheets(instructions: readonly Instruction[]): Promise<void> {
        const lines = instructions.filter(isOnSheet);
        for (const name of new Set(lines.map(({ sheet }) => sheet))) {
            const changed = lines.filter(({ sheet }) => sheet === name).map(each => [each.reference, each] as const);
            const all = [...new Map([...(await this.sheet(name)), ...changed]).values()];
            await this.book.save('sheet', sheetReader, { id: name, instructions: all }, name);
        }
    }
}

function isOnSheet(instruction: Instruction): instruction is Instruction & { readonly sheet: string } {
    return instruction.sheet !== undefined;
}

function lineOf({ reference, sheet }: Instruction & { readonly sheet: string }): Placed {
    return { reference, onSheet: sheet };
}
