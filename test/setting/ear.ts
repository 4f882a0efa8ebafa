import { inspect } from 'node:util';

import { members } from './cast';

import type { Cast, MemberId } from './cast';
import type { Connection } from '@poolproof/gateway';
import type { Source } from './leak-scanner';

/**
 * A cast whose every answer and error is taken down. What a submit answers stands in a block, for everybody; what a query answers
 * and every error is its caller's.
 */
export function overheard(cast: Cast): { cast: Cast; heard: Source[] } {
    const heard: Source[] = [];
    const desks = new Map(members.map(({ id }) => [id, listen(cast.desk(id), id, heard)]));
    const desk = (id: MemberId) => desks.get(id) as Connection;
    const [bankA, bankB, trust] = [desk('bank-a'), desk('bank-b'), desk('trust')];
    return { heard, cast: { ...cast, desk, bankA, bankB, trust, fund: desk('fund'), regulator: desk('regulator') } };
}

function listen(connection: Connection, desk: MemberId, heard: Source[]): Connection {
    return new Proxy(connection, {
        get(target, name) {
            const noun: unknown = Reflect.get(target, name);
            // The connection's own acts see it as it is.
            if (typeof noun === 'function') return (noun as () => unknown).bind(target);
            return typeof noun === 'object' && noun !== null ? listenToNoun(noun, desk, heard) : noun;
        },
    });
}

function listenToNoun<T extends object>(noun: T, desk: MemberId, heard: Source[]): T {
    return new Proxy(noun, {
        get(target, name) {
            const value: unknown = Reflect.get(target, name);
            if (typeof value !== 'function') return value;
            return (...args: unknown[]) => {
                const place = `${desk}: ${String(name)}`;
                const coming: unknown = Reflect.apply(value, target, args);
                return isSequence(coming) ? sequence(coming, place, desk, heard) : answer(coming, place, desk, heard);
            };
        },
    });
}

async function answer(coming: unknown, place: string, desk: MemberId, heard: Source[]): Promise<unknown> {
    try {
        const given = await coming;
        const submitted = typeof given === 'object' && given !== null && 'transactionId' in given;
        heard.push({ place: `answer to ${place}`, holder: submitted ? 'everybody' : desk, bytes: printed(given) });
        return given;
    } catch (error) {
        heard.push({ place: `error for ${place}`, holder: desk, bytes: printed(error) });
        throw error;
    }
}

/** A query that is answered page by page. */
async function* sequence(coming: AsyncIterable<unknown>, place: string, desk: MemberId, heard: Source[]) {
    for await (const given of coming) {
        heard.push({ place: `answer to ${place}`, holder: desk, bytes: printed(given) });
        yield given;
    }
}

function isSequence(value: unknown): value is AsyncIterable<unknown> {
    return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

export function printed(value: unknown): Uint8Array {
    const options = { depth: 12, maxArrayLength: null, maxStringLength: null, breakLength: Infinity, compact: true };
    return Buffer.from(inspect(value, options));
}
