/** Where in a file something is wrong. */
export interface Place {
    readonly file: string;
    /** Counted from 1; the header is line 1. */
    readonly line: number;
    readonly field?: string;
}

/**
 * A file that cannot be read as what it should be. Names the place and the problem, never the value: loan-level values stay out of
 * error texts and logs. Nothing has been sent when it is thrown.
 */
export class ImportError extends Error {
    override readonly name = 'ImportError';

    constructor(
        readonly place: Place,
        readonly problem: string,
    ) {
        super(`${place.file}, line ${place.line}${place.field === undefined ? '' : `, ${place.field}`}: ${problem}`);
    }
}
