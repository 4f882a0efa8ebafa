import type { Client } from '../../chaincode/memory-ledger';

/** One transaction that somebody asks for, and what the model makes of it. */
export interface Act {
    readonly client: Client;
    /** `settlement:settle` */
    readonly transaction: string;
    /** What is public of the request, beyond its id. */
    readonly asked?: object;
    /** What travels in the transient map: the field's name, and its content. */
    readonly hidden?: readonly [string, unknown];
    /** Carries it out in the model, or refuses it. */
    readonly model: () => boolean;
}

/** As it stands in the log of a walk. */
export function inWords({ client, transaction, asked, hidden }: Act): string {
    const text = (value: unknown) =>
        JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
    return [client.institution, transaction, text(asked ?? {}), text(hidden?.[1] ?? {})].join(' ');
}
