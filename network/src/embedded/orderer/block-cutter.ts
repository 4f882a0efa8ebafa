/** How big a block may become. */
export interface BatchLimits {
    readonly maxMessages: number;
    readonly preferredBytes: number;
}

/** Gathers messages into batches as Fabric's block cutter does. */
export class BlockCutter {
    private pending: Uint8Array[] = [];
    private pendingBytes = 0;

    constructor(private readonly limits: BatchLimits) {}

    get isEmpty(): boolean {
        return this.pending.length === 0;
    }

    get size(): number {
        return this.pending.length;
    }

    /** Add a message; returns the batches that this completes, in order. */
    add(message: Uint8Array): readonly (readonly Uint8Array[])[] {
        const { maxMessages, preferredBytes } = this.limits;
        const batches: (readonly Uint8Array[])[] = [];
        if (message.length > preferredBytes) {
            // Too big to share a block: what waited goes first, then this alone.
            if (!this.isEmpty) batches.push(this.cut());
            return [...batches, [message]];
        }
        if (this.pendingBytes + message.length > preferredBytes) batches.push(this.cut());
        this.pending.push(message);
        this.pendingBytes += message.length;
        if (this.pending.length >= maxMessages) batches.push(this.cut());
        return batches;
    }

    /** Everything that waits, as one batch. */
    cut(): readonly Uint8Array[] {
        const batch = this.pending;
        this.pending = [];
        this.pendingBytes = 0;
        return batch;
    }
}
