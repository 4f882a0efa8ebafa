/** Largest sum kept in double precision before it is moved to a bigint: whatever is added to it stays exact. */
const limit = 2 ** 52;

/** An exact sum of whole numbers, and of products of them, at the speed of plain numbers. */
export class Sum {
    private small = 0;
    private large = 0n;

    /** Adds a whole number of magnitude below 2^52. */
    add(value: number): void {
        this.small += value;
        if (this.small > limit || this.small < -limit) this.carry();
    }

    addProduct(a: number, b: number): void {
        const product = a * b;
        if (product < limit && product > -limit) this.add(product);
        else this.large += BigInt(a) * BigInt(b);
    }

    total(): bigint {
        this.carry();
        return this.large;
    }

    private carry(): void {
        this.large += BigInt(this.small);
        this.small = 0;
    }
}
