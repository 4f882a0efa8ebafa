import { table } from '@poolproof/gateway';

import type { Column } from '@poolproof/gateway';

/** A column whose width is known before its rows are. */
export interface WideColumn extends Column {
    readonly width: number;
}

/** Tells a story on the terminal: numbered steps with their times, facts, tables, refusals. */
export class Narrator {
    private steps = 0;
    private readonly began = performance.now();

    constructor(
        private readonly write: (line: string) => void,
        private readonly coloured: boolean,
    ) {}

    title(text: string): void {
        this.write('');
        this.write(this.bold(text));
    }

    say(text = ''): void {
        this.write(text === '' ? '' : `   ${text}`);
    }

    /** Tells what is about to be done, does it, and says how long it took. */
    async step<T>(text: string, act: () => Promise<T>): Promise<T> {
        this.steps++;
        this.write('');
        this.write(`${this.paint(36, `${this.steps}.`.padStart(3))} ${this.bold(text)}`);
        const began = performance.now();
        const result = await act();
        this.say(this.dim(`${seconds(performance.now() - began)}`));
        return result;
    }

    /** Who put their signature to a change. */
    signed(what: string, by: readonly string[]): void {
        this.say(`${this.paint(32, '✓')} ${what}  ${this.dim(`signed by ${by.join(' + ')}`)}`);
    }

    refused(what: string, why: string): void {
        this.say(`${this.paint(33, '✗')} ${what}`);
        this.say(`  ${this.paint(33, why)}`);
    }

    table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
        for (const line of table(columns, rows)) this.say(line);
    }

    /** A table whose rows are told as they come: the heading now, each row by a call of what is returned. */
    rows(columns: readonly WideColumn[]): (cells: readonly string[]) => void {
        const widest = [columns.map(({ width }) => '0'.repeat(width))];
        const [heading = '', rule = ''] = table(columns, widest);
        this.say(heading);
        this.say(rule);
        return cells => this.say(table(columns, [...widest, cells]).at(-1));
    }

    get elapsed(): string {
        return seconds(performance.now() - this.began);
    }

    private bold(text: string): string {
        return this.paint(1, text);
    }

    private dim(text: string): string {
        return this.paint(2, text);
    }

    private paint(code: number, text: string): string {
        return this.coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
    }
}

function seconds(milliseconds: number): string {
    return `${(milliseconds / 1000).toFixed(1)} s`;
}
