import type { CommittedBlock, PeerLedger } from '../ledger';

/** Blocks of a peer from a number on, those to come as they are committed, until `abandoned` resolves. */
export async function* followBlocks(
    ledger: PeerLedger,
    from: number,
    abandoned: Promise<void>,
): AsyncGenerator<CommittedBlock, void, void> {
    let ended = false;
    let wake: () => void = () => undefined;
    const stop = ledger.onCommit(() => wake());
    void abandoned.then(() => {
        ended = true;
        wake();
    });
    try {
        for (let number = from; ; number += 1) {
            // Listeners are told of a block before it can be read: look again whenever woken.
            let block = ledger.block(number);
            while (block === undefined && !ended) {
                await new Promise<void>(resolve => (wake = resolve));
                block = ledger.block(number);
            }
            if (ended || block === undefined) return;
            yield block;
        }
    } finally {
        stop();
    }
}
