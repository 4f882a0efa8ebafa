/** Who has blocks: a peer as it committed them, the orderers as they cut them. */
export interface BlockSource<Block> {
    readonly height: number;
    block(number: number): Block | undefined;
    /** Called for every block from now on; the answer ends it. */
    onCommit(listener: () => void): () => void;
}

/** Blocks from a number on, those to come as they are made, until `abandoned` resolves. */
export async function* followBlocks<Block>(
    source: BlockSource<Block>,
    from: number,
    abandoned: Promise<void>,
): AsyncGenerator<Block, void, void> {
    let ended = false;
    let wake: () => void = () => undefined;
    const stop = source.onCommit(() => wake());
    void abandoned.then(() => {
        ended = true;
        wake();
    });
    try {
        for (let number = from; ; number += 1) {
            // Listeners are told of a block before it can be read: look again whenever woken.
            let block = source.block(number);
            while (block === undefined && !ended) {
                await new Promise<void>(resolve => (wake = resolve));
                block = source.block(number);
            }
            if (ended || block === undefined) return;
            yield block;
        }
    } finally {
        stop();
    }
}
