import { createHmac, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

import { secretLength } from '@poolproof/chaincode/domain';

/** What a chunk is of: `tape`, or a version of a period's report. */
export interface ChunkPlace {
    readonly dealId: string;
    readonly number: number;
    readonly period?: number;
    readonly version?: number;
}

/**
 * A secret that stays with the client. The salt of every chunk is drawn from it, so that a recording taken up again after a crash sends
 * the very same bytes; who does not have it learns nothing from a hash. Whoever loses it can still read the tape, but not resume.
 */
export class TapeSecret {
    private constructor(private readonly key: Uint8Array) {}

    /**
     * The secret kept in a file, which is written, for its owner alone, if it is not there.
     * @throws Error where the file holds something else
     */
    static async open(path: string): Promise<TapeSecret> {
        const fresh = randomBytes(secretLength).toString('hex');
        await writeFile(path, `${fresh}\n`, { flag: 'wx', mode: 0o600, flush: true }).catch((error: unknown) => {
            if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        });
        const text = (await readFile(path, 'utf8')).trim();
        if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`${path}: not a tape secret`);
        return new TapeSecret(Buffer.from(text, 'hex'));
    }

    /** Salt of a chunk: the same for the same place, unrelated to that of any other. */
    salt(place: ChunkPlace): Uint8Array {
        return this.draw('salt', placeText(place));
    }

    /** Id of the request that records these bytes there: sent again, it is the same request. */
    requestId(place: ChunkPlace, packed: Uint8Array): string {
        return Buffer.from(this.draw('request', placeText(place), packed))
            .toString('hex')
            .slice(0, 32);
    }

    private draw(purpose: string, ...parts: readonly (string | Uint8Array)[]): Uint8Array {
        const hmac = createHmac('sha256', this.key).update(`${purpose}\0`);
        for (const part of parts) hmac.update(part).update('\0');
        return hmac.digest();
    }
}

function placeText({ dealId, number, period = 0, version = 0 }: ChunkPlace): string {
    return JSON.stringify([dealId, period, version, number]);
}
