/** A check that was carried out and says no. What it found has been printed. */
export class Negative extends Error {
    override readonly name = 'Negative';
}
