/** A result of which people are shown what matters at a glance, and programs everything. */
export class Overview {
    constructor(
        readonly all: object,
        /** Of a list: of every item, the cells of its line. */
        readonly glance: object,
    ) {}
}

/** A list with what is shown of each of its items. */
export async function overview<T>(asked: Promise<readonly T[]>, row: (item: T) => object): Promise<Overview> {
    const items = await asked;
    return new Overview(items, items.map(row));
}

/** Some fields of every item, by their names. */
export function only<T extends object>(...fields: readonly (keyof T & string)[]): (item: T) => object {
    return item => Object.fromEntries(fields.map(name => [name, item[name]]));
}
