/** The network's time: the machine's, moved as far as a test wants. It decides which certificates have expired. */
export class Clock {
    private offset = 0;

    now(): Date {
        return new Date(Date.now() + this.offset);
    }

    /** Move by so many milliseconds, forwards or backwards, from where it stands. */
    move(milliseconds: number): void {
        this.offset += milliseconds;
    }
}
