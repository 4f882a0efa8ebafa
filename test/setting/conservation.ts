import type { Connection, LedgerBlock, LedgerCall, LedgerTransaction, PrivateContent } from '@poolproof/gateway';

/** What the records of a book say of an amount, as they lie there. */
interface Held {
    readonly institution: string;
    readonly asset: string;
    readonly free: string;
    readonly pledged: string;
}

/** What the records of a class or a deposit say. */
interface Owed {
    readonly asset: string;
    readonly outstanding: string;
}

/**
 * The regulator's own count: it is a member of every book, so that every block gives it all that was written. From them, and from
 * nothing that the contracts answer, it knows after every transaction what all books hold and what the public records say is
 * outstanding.
 */
export class Conservation {
    /** By book and key. */
    private readonly held = new Map<string, Held>();
    private readonly owed = new Map<string, Owed>();
    /** Transactions that changed an amount. */
    counted = 0;

    /** @throws Error that names the first transaction after which the books do not add up */
    follow(block: LedgerBlock): void {
        for (const transaction of block.transactions)
            if (transaction.valid && transaction.call) this.take(transaction, transaction.call);
    }

    private take(transaction: LedgerTransaction, call: LedgerCall): void {
        const changed = [...this.takePublic(call), ...this.takePrivate(transaction, call)];
        if (changed.length > 0) this.counted += 1;
        for (const asset of new Set(changed)) {
            const [sum, outstanding] = [this.sumOf(asset), BigInt(this.owed.get(asset)?.outstanding ?? 0)];
            if (sum === outstanding) continue;
            const problem = `the books hold ${sum} of ${asset}, and ${outstanding} is outstanding`;
            throw new Error(`after ${call.transaction} (${transaction.transactionId}) ${problem}`);
        }
    }

    /** @returns the assets of which the record was written */
    private takePublic({ writes }: LedgerCall): string[] {
        return writes
            .filter(({ noun }) => noun === 'tranche' || noun === 'deposit')
            .map(({ value }) => {
                const owed = value as Owed;
                this.owed.set(owed.asset, owed);
                return owed.asset;
            });
    }

    /** @returns the assets of which a holding was written */
    private takePrivate({ transactionId }: LedgerTransaction, { privateWrites }: LedgerCall): string[] {
        return privateWrites
            .filter(({ collection }) => collection.startsWith('book_'))
            .flatMap(({ collection, content }) => {
                if (content === undefined)
                    throw new Error(`${transactionId}: the regulator's peer lacks ${collection}`);
                if (content.key.noun !== 'holding') return [];
                const held = valueOf(content) as Held;
                if (BigInt(held.free) < 0n || BigInt(held.pledged) < 0n)
                    throw new Error(
                        `after ${transactionId} ${held.institution} holds less than nothing of ${held.asset}`,
                    );
                this.held.set(`${collection} ${content.key.id.join(' ')}`, held);
                return [held.asset];
            });
    }

    private sumOf(asset: string): bigint {
        return [...this.held.values()]
            .filter(held => held.asset === asset)
            .reduce((sum, { free, pledged }) => sum + BigInt(free) + BigInt(pledged), 0n);
    }
}

/** Every block that there is now. */
export async function* blocksSoFar(desk: Connection): AsyncGenerator<LedgerBlock> {
    const { height } = await desk.chain();
    const ended = new AbortController();
    for await (const block of desk.blocks({ signal: ended.signal })) {
        yield block;
        if (block.number + 1n >= height) ended.abort();
    }
}

/** Goes through everything that has happened on a network. @throws Error where the books did not add up after some transaction */
export async function mustBeConserved(regulator: Connection): Promise<void> {
    const conservation = new Conservation();
    for await (const block of blocksSoFar(regulator)) conservation.follow(block);
}

function valueOf({ value }: PrivateContent): unknown {
    return (value?.json() as { value?: unknown } | undefined)?.value;
}
