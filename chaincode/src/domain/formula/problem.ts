/** What is wrong with a formula, and the column (1 for the first character) at which it is. */
export class FormulaProblem extends Error {
    constructor(
        readonly problem: string,
        readonly column: number,
        /** It only follows from a problem reported elsewhere. */
        readonly isConsequence = false,
    ) {
        super(`${problem} (column ${column})`);
    }
}
