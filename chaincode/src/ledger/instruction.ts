import { byCodePoint } from '../domain/canonical';
import { id, object } from '../domain/shape';
import { instructionReader, isOpen, mostOnSheet, sheetReader } from '../domain/instruction';
import { pageOf, pageSize } from './book';

import type { Entry, Page } from './book';
import type { Instruction, PlaceInBooks } from '../domain/instruction';
import type { OwnBook } from './own-book';
import type { Reader } from '../domain/shape';

const lineReader = object({ reference: id, onSheet: id });

/** What stands under a reference: the instruction, or the sheet on which it lies. */
type Placed = Instruction | ReturnType<typeof lineReader>;

const placedReader: Reader<Placed> = (value, at) =>
    (typeof value === 'object' && value !== null && 'onSheet' in value ? lineReader : instructionReader)(value, at);

/**
 * The instructions of one book. One placed alone is a record of its own. Those placed together are one record, their sheet, so that a
 * batch that settles them reads and writes one key for all; under the reference of each stands where it lies. What has settled is
 * closed where it lies, and filed under `closed`, each by itself, when there is time: to find what waits, the depository reads
 * little, however much has settled before.
 */
export class Instructions {
    private readonly sheets = new Map<string, ReadonlyMap<string, Instruction>>();

    constructor(private readonly book: OwnBook) {}

    /**
     * An instruction, open or closed.
     * @param sheet on which it may lie: if it does, nothing but the sheet is read, and that once a transaction
     */
    async find(reference: string, sheet?: string): Promise<Instruction | undefined> {
        const there = sheet === undefined ? undefined : (await this.sheet(sheet)).get(reference);
        return (
            there ??
            (await this.findUnfiled(reference)) ??
            (await this.book.find('closed', instructionReader, reference))
        );
    }

    /** One that is not filed away. */
    async findUnfiled(reference: string): Promise<Instruction | undefined> {
        const placed = await this.book.find('instruction', placedReader, reference);
        return placed === undefined ? undefined : this.resolved(placed);
    }

    /** Enters new instructions under their references. */
    async place(instructions: readonly Instruction[]): Promise<void> {
        for (const { reference, sheet } of instructions)
            if (sheet !== undefined)
                await this.book.save('instruction', placedReader, { reference, onSheet: sheet }, reference);
        await this.save(instructions);
    }

    /** Writes instructions as they stand now, each sheet once. */
    async save(instructions: readonly Instruction[]): Promise<void> {
        for (const instruction of instructions)
            if (instruction.sheet === undefined)
                await this.book.save('instruction', placedReader, instruction, instruction.reference);
        for (const [name, changed] of groupedBy('sheet', instructions)) {
            const lines = new Map(await this.sheet(name));
            for (const instruction of changed) lines.set(instruction.reference, instruction);
            await this.writeSheet(name, [...lines.values()]);
        }
    }

    /** Files away instructions that can settle no more. A sheet goes with the last of its lines. */
    async file(instructions: readonly Instruction[]): Promise<void> {
        for (const { sheet: _left, ...instruction } of instructions) {
            await this.book.save('closed', instructionReader, instruction, instruction.reference);
            await this.book.remove('instruction', placedReader, instruction.reference);
        }
        for (const [name, filed] of groupedBy('sheet', instructions)) {
            const gone = new Set(filed.map(({ reference }) => reference));
            const lines = [...(await this.sheet(name)).values()];
            await this.writeSheet(
                name,
                lines.filter(({ reference }) => !gone.has(reference)),
            );
        }
    }

    /** Those that may still settle. For queries. */
    async open(): Promise<Instruction[]> {
        const placed = await this.book.list('instruction', placedReader);
        const sheets = await this.book.list('sheet', sheetReader);
        return [...placed.flatMap(ownOf), ...sheets.flatMap(({ instructions }) => instructions)].filter(isOpen);
    }

    /**
     * Of one drawer, about so many that are not filed away, from the key after `after` on; `last` is the last key read, if there may be
     * more. For queries.
     */
    async unfiled(
        drawer: PlaceInBooks['drawer'],
        most: number,
        after?: string,
    ): Promise<{ found: Instruction[]; last?: string }> {
        const keys = drawer === 'sheet' ? Math.ceil(most / mostOnSheet) : most;
        const entries = await (drawer === 'sheet'
            ? this.book.entries('sheet', sheetReader, keys, after)
            : this.book.entries('instruction', placedReader, keys, after));
        const found = entries.flatMap(({ record }) => ('instructions' in record ? record.instructions : ownOf(record)));
        const last = entries.length < keys ? undefined : entries.at(-1)?.id;
        return last === undefined ? { found } : { found, last };
    }

    /**
     * A page of those that can settle no more: filed, and not yet filed. Both lie in the order of the same ids, so one that is filed
     * between two pages is neither missed nor read twice. For queries.
     */
    async closed(after: string | undefined): Promise<Page<Instruction>> {
        const filed = await this.book.entries('closed', instructionReader, pageSize + 1, after);
        const unfiled: Entry<Instruction>[] = [];
        for (const { id: key, record } of await this.book.entries('instruction', placedReader, pageSize + 1, after))
            unfiled.push({ id: key, record: await this.resolved(record) });
        // Of an instruction that was withdrawn and placed again, the later word counts once it is closed, too.
        const known = new Set(filed.map(({ id: key }) => key));
        const fresh = unfiled.filter(({ id: key, record }) => !known.has(key) || !isOpen(record));
        const byId = new Map([...filed, ...fresh].map(entry => [entry.id, entry]));
        const { records, ...rest } = pageOf([...byId.values()].sort((a, b) => byCodePoint(a.id, b.id)));
        return { records: records.filter(record => !isOpen(record)), ...rest };
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

    private async writeSheet(name: string, instructions: readonly Instruction[]): Promise<void> {
        if (instructions.length > 0) await this.book.save('sheet', sheetReader, { id: name, instructions }, name);
        else await this.book.remove('sheet', sheetReader, name);
    }
}

/** What stands under a reference by itself. */
function ownOf(placed: Placed): Instruction[] {
    return 'onSheet' in placed ? [] : [placed];
}

/** Instructions by their institution, or by their sheet: those that lie on none are left out. */
export function groupedBy(
    name: 'institution' | 'sheet',
    instructions: readonly Instruction[],
): ReadonlyMap<string, readonly Instruction[]> {
    const groups = new Map<string, Instruction[]>();
    for (const instruction of instructions) {
        const key = instruction[name];
        if (key === undefined) continue;
        const group = groups.get(key);
        if (group) group.push(instruction);
        else groups.set(key, [instruction]);
    }
    return groups;
}
