import { mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { OutcomeUnknown } from './failure';

/** A submission whose outcome this process has yet to learn. */
export interface Submission {
    readonly transactionId: string;
    /** `deal:structure` */
    readonly transaction: string;
    readonly requestId: string;
}

/** A submission as it stands on disk, with the process that noted it. */
interface Noted extends Submission {
    readonly host?: string;
    readonly process?: number;
}

const fileName = /^([0-9a-f]{64})\.json$/;

/**
 * Notes on disk what is about to be sent for ordering, and strikes it out when its outcome is known: what stands there after a
 * crash may or may not be on the ledger. One small file a submission, so that several processes can share the folder and none has
 * to be repaired.
 */
export class Journal {
    private readonly underWay = new Set<string>();
    /** Transactions of earlier attempts at a request, by its id: once a later one is committed they do not matter any more. */
    private readonly earlier = new Map<string, string[]>();

    /** @param folder made when there is something to be noted */
    constructor(private readonly folder: string) {}

    /** Does what may end in a crash. What ends without word of the outcome stays noted. */
    async during<T>(submission: Submission, act: () => Promise<T>): Promise<T> {
        const { transactionId } = submission;
        this.underWay.add(transactionId);
        try {
            await this.note(submission);
            const result = await act();
            for (const id of [transactionId, ...this.takeEarlier(submission.requestId)]) await this.tryToStrike(id);
            return result;
        } catch (error) {
            if (!(error instanceof OutcomeUnknown)) await this.tryToStrike(transactionId);
            throw error;
        } finally {
            this.underWay.delete(transactionId);
        }
    }

    /** What was left by a process that is no more, or without word of its outcome; not what is under way here. */
    async left(): Promise<readonly Submission[]> {
        return (await this.readLeft()).map(submissionOf);
    }

    /** Of what was left, that of processes of this machine that are no more. Of others it cannot be told. */
    async abandoned(): Promise<readonly Submission[]> {
        return (await this.readLeft()).filter(noted => !mayBeAtWork(noted)).map(submissionOf);
    }

    async strike(transactionId: string): Promise<void> {
        await rm(this.pathOf(transactionId), { force: true });
    }

    /** The outcome is known, whatever becomes of the note: one that stays is found by `recover`, and struck out then. */
    private async tryToStrike(transactionId: string): Promise<void> {
        await this.strike(transactionId).catch(() => undefined);
    }

    private takeEarlier(requestId: string): readonly string[] {
        const ids = this.earlier.get(requestId) ?? [];
        this.earlier.delete(requestId);
        return ids;
    }

    private async readLeft(): Promise<readonly Noted[]> {
        const ids = (await readdir(this.folder).catch(ifMissing)).flatMap(name => fileName.exec(name)?.[1] ?? []);
        const left = await Promise.all(ids.filter(id => !this.underWay.has(id)).map(id => this.read(id)));
        this.earlier.clear();
        for (const { requestId, transactionId } of left)
            this.earlier.set(requestId, [...this.takeEarlier(requestId), transactionId]);
        return left;
    }

    /** On the disk before the first byte leaves for the orderer, also where the power fails. */
    private async note(submission: Submission): Promise<void> {
        const noted: Noted = { ...submission, host: hostname(), process: process.pid };
        await mkdir(this.folder, { recursive: true, mode: 0o700 });
        const file = await open(this.pathOf(submission.transactionId), 'wx', 0o600);
        try {
            await file.writeFile(JSON.stringify(noted));
            await file.sync();
        } finally {
            await file.close();
        }
    }

    /** A crash may have left nothing but the name of the file, which is what counts. */
    private async read(transactionId: string): Promise<Noted> {
        const text = await readFile(this.pathOf(transactionId), 'utf8').catch(() => '');
        return { transaction: '', requestId: '', ...notedIn(text), transactionId };
    }

    private pathOf(transactionId: string): string {
        return join(this.folder, `${transactionId}.json`);
    }
}

function notedIn(text: string): Partial<Noted> {
    try {
        return JSON.parse(text) as Partial<Noted>;
    } catch {
        return {};
    }
}

function submissionOf({ requestId, transaction, transactionId }: Noted): Submission {
    return { transactionId, transaction, requestId };
}

/**
 * Of a note that a crash cut short, nothing is known: whoever wrote it is no more. The own number on a note is that of an earlier
 * process, as in a container that was started again: what is under way here is not among those asked about.
 */
function mayBeAtWork({ host, process: writer }: Noted): boolean {
    if (host === undefined || writer === undefined || writer === process.pid) return false;
    if (host !== hostname()) return true;
    try {
        return process.kill(writer, 0);
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
}

function ifMissing(error: NodeJS.ErrnoException): string[] {
    if (error.code === 'ENOENT') return [];
    throw error;
}
