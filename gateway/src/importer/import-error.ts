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

    readonly place: Place;

    constructor(
        { file, line, field }: Place,
        readonly problem: string,
    ) {
        super(`${file}, line ${line}${field === undefined ? '' : `, ${field}`}: ${problem}`);
        // Callers give rows, which hold values: no more than the place is kept of them.
        this.place = { file, line, ...(field === undefined ? {} : { field }) };
    }
}
