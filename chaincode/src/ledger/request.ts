import { createHash } from 'node:crypto';

import { object, digest, text } from '../domain/shape';
import { Refusal } from '../domain/refusal';

import type { Reader } from '../domain/shape';
import type { Context } from './context';

/** What is kept of a request that was carried out: the hash of what was asked, and what was answered. */
export interface Marker {
    readonly content: string;
    readonly reply: string;
}

export const markerReader: Reader<Marker> = object({ content: digest, reply: text(20_000) });

/**
 * Carries out a request once: the same id with the same content gets the first answer, with other content a refusal.
 *
 * Where the marker lies decides who can endorse it. A transaction that reads or writes private data is endorsed by the members
 * of one collection only, so it cannot create a public key: its marker is a private record of that collection, under the
 * very policy that the rest of the transaction satisfies. A transaction on public records alone keeps its marker in public state,
 * under the chaincode's policy. A repeated request writes its marker again unchanged: a transaction that writes nothing
 * would need the chaincode's majority, which the members of a collection are not.
 * @throws Refusal REQUEST_REUSED
 */
export async function once(
    ctx: Context,
    requestId: string,
    collection: string | undefined,
    act: () => Promise<string>,
): Promise<string> {
    const markers =
        collection === undefined
            ? ctx.book('request', markerReader)
            : ctx.privateBook(collection, 'request', markerReader);
    const id = [ctx.caller.mspId, requestId];
    const content = contentOf(ctx, collection !== undefined);
    const marker = await markers.find(...id);
    if (marker !== undefined && marker.content !== content) throw new Refusal('REQUEST_REUSED', { requestId });
    const reply = marker?.reply ?? (await act());
    await markers.save({ content, reply }, ...id);
    return reply;
}

/** SHA-256 of function, arguments and, where the marker is private, the transient map without its salt. */
function contentOf(ctx: Context, isPrivate: boolean): string {
    const parts: (Uint8Array | string)[] = ctx.stub.getArgs();
    const hidden = isPrivate ? ctx.transient.content().flat() : [];
    const content = createHash('sha256');
    for (const part of [...parts, ...hidden]) content.update(createHash('sha256').update(part).digest());
    return content.digest('hex');
}
