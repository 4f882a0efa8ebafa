/** `a, b` as two words; nothing as none. */
export function list(text: string | undefined): string[] {
    return (text ?? '')
        .split(',')
        .map(word => word.trim())
        .filter(word => word !== '');
}

/** A whole number given on the command line. */
export function whole(text: string | undefined, name: string): number {
    if (text === undefined || !/^\d{1,15}$/.test(text)) throw new TypeError(`${name}: not a whole number`);
    return Number(text);
}
