import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Journal } from '@poolproof/gateway/dist/client/journal';

describe('the journal of submissions', () => {
    const [transactionId, transaction, requestId] = ['a'.repeat(64), 'deal:open', 'request-1'];
    let folder: string;
    let journal: Journal;

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), 'poolproof-journal-'));
        journal = new Journal(folder);
    });
    afterEach(() => rm(folder, { recursive: true }));

    /** In place of the note stands something that cannot be struck out, as on a disk that has become read-only. */
    async function spoilNote(): Promise<void> {
        await rm(join(folder, `${transactionId}.json`));
        await mkdir(join(folder, `${transactionId}.json`));
    }

    it('lets an outcome stand that it cannot strike out', async () => {
        const act = async () => {
            await spoilNote();
            return 'committed';
        };
        await expect(journal.during({ transactionId, transaction, requestId }, act)).resolves.toBe('committed');
        expect(await journal.left()).toHaveLength(1);
    });

    it('... and the error of what was not carried out', async () => {
        const act = async () => {
            await spoilNote();
            throw new Error('found invalid');
        };
        await expect(journal.during({ transactionId, transaction, requestId }, act)).rejects.toThrow('found invalid');
    });

    it('sends nothing that it cannot note', async () => {
        await writeFile(join(folder, 'file'), '');
        const act = jest.fn();
        const below = new Journal(join(folder, 'file', 'journal'));
        await expect(below.during({ transactionId, transaction, requestId }, act)).rejects.toMatchObject({
            code: 'ENOTDIR',
        });
        expect(act).not.toHaveBeenCalled();
    });

    it('counts a note that a crash or another hand has spoilt by its name, and nothing else that lies there', async () => {
        await writeFile(join(folder, `${transactionId}.json`), '{"transaction":"deal:open"}}');
        await writeFile(join(folder, 'notes.txt'), 'not a note');
        expect(await journal.abandoned()).toEqual([{ transactionId, transaction: '', requestId: '' }]);
        expect(await readdir(folder)).toHaveLength(2);
    });
});
