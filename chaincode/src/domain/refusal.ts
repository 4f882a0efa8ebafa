/**
 * What a refusal says. One row a code: the sentence shown to the caller, and what the caller can do about it.
 * `{name}` in a sentence is replaced by the detail of that name. No sentence may carry a private value.
 */
export const refusals = {
    AMOUNT_INVALID: { sentence: '{at} is not a valid amount: {problem}', remedy: 'Give a decimal number in the stated unit.' },
    REQUEST_INVALID: { sentence: '{at}: {problem}', remedy: 'Correct the field named and send the request again.' },
} as const satisfies Record<string, RefusalRow>;

export interface RefusalRow {
    readonly sentence: string;
    readonly remedy: string;
}

export type RefusalCode = keyof typeof refusals;

/** Values named in a refusal's sentence. Public ones only: they reach the caller, logs and other institutions' peers. */
export type RefusalDetails = Readonly<Record<string, string | number | bigint>>;

/**
 * A rule that says no. Thrown by the domain before anything is written.
 * Travels as `CODE: sentence`, the only part of a contract's error that Fabric carries to the client.
 */
export class Refusal extends Error {
    override readonly name = 'Refusal';

    constructor(
        readonly code: RefusalCode,
        readonly details: RefusalDetails = {},
    ) {
        super(`${code}: ${sentenceOf(code, details)}`);
    }
}

function sentenceOf(code: RefusalCode, details: RefusalDetails): string {
    return refusals[code].sentence.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
        name in details ? String(details[name]) : placeholder,
    );
}
