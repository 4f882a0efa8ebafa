import { Writable } from 'node:stream';

import { write } from '@poolproof/network/dist/embedded/grpc';

/** A stream to a client that takes one message at a time, when it is let. */
class Stream extends Writable {
    cancelled = false;
    readonly taken: unknown[] = [];
    take: () => void = () => undefined;

    constructor() {
        super({ objectMode: true, highWaterMark: 1 });
    }

    override _write(message: unknown, _encoding: string, done: () => void): void {
        this.take = () => {
            this.taken.push(message);
            done();
        };
    }

    waiting(): number[] {
        return ['drain', 'cancelled'].map(event => this.listenerCount(event));
    }
}

describe('writing to a stream', () => {
    it('keeps the pace of a slow reader, and leaves no listener behind', async () => {
        const stream = new Stream();
        for (let message = 0; message < 20; message++) {
            const written = write(stream, message);
            expect(stream.waiting()).toEqual([1, 1]);
            stream.take();
            await written;
            expect(stream.waiting()).toEqual([0, 0]);
        }
        expect(stream.taken).toHaveLength(20);
    });

    it('ends when the client goes away', async () => {
        const stream = new Stream();
        const written = write(stream, 'never taken');
        stream.emit('cancelled');
        await written;
        expect(stream.waiting()).toEqual([0, 0]);
        stream.cancelled = true;
        await write(stream, 'after the end');
        expect(stream.taken).toEqual([]);
    });
});
