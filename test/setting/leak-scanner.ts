import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

import type { MemberId } from './cast';

/** A private value that stands nowhere else, and who may hold it. */
export interface Marker {
    /** Of what: `loan.assetNumber`. */
    readonly name: string;
    /** As text: in one of the ways in which it is written. */
    readonly texts: readonly string[];
    /** As chunks encode it, where that is long enough to be recognised. */
    readonly bytes?: Uint8Array;
    readonly members: readonly MemberId[];
}

/** Bytes that somebody holds, or everybody. */
export interface Source {
    readonly place: string;
    readonly holder: MemberId | 'everybody';
    readonly bytes: Uint8Array;
}

export interface Sighting {
    readonly marker: string;
    readonly place: string;
    readonly holder: Source['holder'];
}

/** Where markers are seen: as they are, in JSON, hexadecimal, base64 or lists of bytes, and in what is deflated or decoded from there. */
export function sightings(markers: readonly Marker[], sources: Iterable<Source>): Sighting[] {
    const patterns = markers.map(marker => ({ marker, needles: needlesOf(marker) }));
    const stems = [...new Set(patterns.flatMap(({ needles }) => needles.map(({ stem }) => stem)))];
    const markersIn = (bytes: Uint8Array) => {
        const found = new Set<string>();
        for (const text of layers(bytes)) {
            const likely = new Set(stems.filter(stem => text.includes(stem)));
            if (likely.size === 0) continue;
            for (const { marker, needles } of patterns)
                if (needles.some(needle => likely.has(needle.stem) && isIn(text, needle))) found.add(marker.name);
        }
        return found;
    };
    // What is public is the same with every peer: looked through once.
    const known = new Map<string, Set<string>>();
    const seen: Sighting[] = [];
    for (const { place, holder, bytes } of sources) {
        const content = Buffer.from(bytes).toString('latin1');
        const found = known.get(content) ?? markersIn(bytes);
        known.set(content, found);
        for (const marker of found) seen.push({ marker, place, holder });
    }
    return seen;
}

/** The sightings where the holder may not hold the marker. */
export function leaks(markers: readonly Marker[], seen: readonly Sighting[]): Sighting[] {
    const members = new Map(markers.map(marker => [marker.name, marker.members as readonly string[]]));
    return seen.filter(({ marker, holder }) => !members.get(marker)?.includes(holder));
}

interface Needle {
    /** Latin-1, one character a byte. */
    readonly text: string;
    /** Its beginning, common to many markers: looked for first. */
    readonly stem: string;
    /** A number counts only where it stands alone, not within other digits. */
    readonly alone: boolean;
}

function needlesOf({ texts, bytes }: Marker): Needle[] {
    const needles = texts.flatMap(text => [
        { text, stem: text.slice(0, 4), alone: /^[\d.-]+$/.test(text) },
        ...[hexadecimal(text), hexadecimal(text).toUpperCase(), [...Buffer.from(text)].join(','), ...base64s(text)].map(
            each => ({ text: each, stem: each.slice(0, 4), alone: false }),
        ),
    ]);
    if (bytes === undefined) return needles;
    const raw = Buffer.from(bytes).toString('latin1');
    return [...needles, { text: raw, stem: raw, alone: false }];
}

function hexadecimal(text: string): string {
    return Buffer.from(text).toString('hex');
}

/** The part of a text's base64 that does not depend on what stands around it, for each of its three positions. */
function base64s(text: string): string[] {
    return [0, 1, 2].map(shift => {
        const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
        const whole = Math.floor(((shift + Buffer.byteLength(text)) * 4) / 3);
        return encoded.slice(Math.ceil((shift * 4) / 3), whole);
    });
}

function isIn(text: string, needle: Needle): boolean {
    for (let at = text.indexOf(needle.text); at >= 0; at = text.indexOf(needle.text, at + 1)) {
        const around = (text[at - 1] ?? ' ') + (text[at + needle.text.length] ?? ' ');
        if (!needle.alone || !/[0-9A-Za-z]/.test(around)) return true;
    }
    return false;
}

const deepest = 6;

/** The bytes themselves, and what is unpacked from them and from their parts. */
function* layers(bytes: Uint8Array, depth = 0): Generator<string> {
    const text = Buffer.from(bytes).toString('latin1');
    yield text;
    if (depth === deepest) return;
    for (const part of [bytes, ...fields(bytes)])
        for (const unpack of packings(part)) {
            const unpacked = attempt(() => unpack(part, { maxOutputLength: 64 * 1024 * 1024 }));
            if (unpacked !== undefined && unpacked.length > 3) yield* layers(unpacked, depth + 1);
        }
    for (const [run] of text.matchAll(/[0-9A-Za-z+/]{16,}={0,2}/g)) {
        yield* layers(Buffer.from(run, 'base64'), depth + 1);
        if (/^(?:[0-9a-f]{2})+$/i.test(run)) yield* layers(Buffer.from(run, 'hex'), depth + 1);
    }
}

/** How bytes that begin so may be packed; deflated bytes may begin anyhow. */
function packings([first, second]: Uint8Array) {
    if (first === 0x78) return [inflateRawSync, inflateSync];
    return first === 0x1f && second === 0x8b ? [gunzipSync] : [inflateRawSync];
}

/** The fields of a protobuf message that have a length, and theirs; nothing where the bytes are none. */
function* fields(bytes: Uint8Array, depth = 0): Generator<Uint8Array> {
    if (depth > 20) return;
    const found: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
        const tag = varint(bytes, at);
        if (tag === undefined || tag.value < 8) return;
        const kind = tag.value & 7;
        const next = kind === 5 ? { value: 4, end: tag.end } : kind === 1 ? { value: 8, end: tag.end } : undefined;
        const length = next ?? varint(bytes, tag.end);
        if (length === undefined || ![0, 1, 2, 5].includes(kind)) return;
        at = kind === 0 ? length.end : length.end + length.value;
        if (at > bytes.length) return;
        if (kind === 2 && length.value >= 4) found.push(bytes.subarray(length.end, at));
    }
    for (const field of found) {
        yield field;
        yield* fields(field, depth + 1);
    }
}

function varint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
    let [value, scale] = [0, 1];
    for (let at = start; at < Math.min(bytes.length, start + 8); at++) {
        const byte = bytes[at] as number;
        value += (byte & 127) * scale;
        if (byte < 128) return { value, end: at + 1 };
        scale *= 128;
    }
    return undefined;
}

function attempt<T>(act: () => T): T | undefined {
    try {
        return act();
    } catch {
        return undefined;
    }
}
