import type { Position } from '../client/event';

/** Keeps how far somebody has followed the ledger, together with what that has caused. */
export interface CheckpointStore<T> {
    /** By which metrics tell it from others; `checkpoint` unless stated. */
    readonly name?: string;
    /** Everything up to here has had its effect; nothing where nothing has. */
    position(): Promise<Position | undefined>;
    /**
     * Carries out an effect and keeps the position after it: both, or neither where the effect throws or the process ends.
     * @param effect writes by the transaction that it is given, and by no other
     */
    advance(position: Position, effect: (transaction: T) => unknown): Promise<void>;
}
