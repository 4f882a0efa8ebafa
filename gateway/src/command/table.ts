/** A column of a printed table: its heading, and the side its values stand on. */
export interface Column {
    readonly heading: string;
    readonly align?: 'left' | 'right';
}

/** Lines of a plain-text table, as wide as its contents need. A row of one cell is a rule between groups. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
    const widths = columns.map((column, i) =>
        Math.max(width(column.heading), ...rows.map(row => (row.length === 1 ? 0 : width(row[i] ?? '')))),
    );
    const rule = widths.map(length => '─'.repeat(length)).join('  ');
    const line = (cells: readonly string[]) =>
        columns
            .map((column, i) => padded(cells[i] ?? '', widths[i] ?? 0, column.align ?? 'left'))
            .join('  ')
            .trimEnd();
    return [
        line(columns.map(column => column.heading)),
        rule,
        ...rows.map(row => (row.length === 1 ? rule : line(row))),
    ];
}

function padded(text: string, length: number, align: 'left' | 'right'): string {
    const space = ' '.repeat(Math.max(0, length - width(text)));
    return align === 'left' ? text + space : space + text;
}

/** Columns on screen: colour codes take none. */
export function width(text: string): number {
    // eslint-disable-next-line no-control-regex
    return Array.from(text.replace(/\u001b\[\d+m/g, '')).length;
}
