import { InputError } from '../input-error';

/** `a, b` as two words; nothing as none. */
export function list(text: string | undefined): string[] {
    return (text ?? '')
        .split(',')
        .map(word => word.trim())
        .filter(word => word !== '');
}

/** A whole number given on the command line. */
export function whole(text: string | undefined, name: string): number {
    if (text === undefined || !/^\d{1,15}$/.test(text)) throw new InputError(`${name}: not a whole number`);
    return Number(text);
}

/** The id of a transaction: the ledger is not asked for what cannot be one. */
export function transactionId(text = ''): string {
    if (!/^[0-9a-f]{64}$/.test(text)) throw new InputError(`${text}: no transaction id (64 hexadecimal digits)`);
    return text;
}

/** `name=value` given several times, for an option that commander collects. */
export function pair(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw new InputError(`${text}: not name=value`);
    return { ...before, [name]: value };
}
