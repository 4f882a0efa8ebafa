import type { Position } from '../client/event';
import type { CheckpointStore } from './checkpoint';

/**
 * One connection to a database, and nobody else's while events are applied. A `Client` of the package `pg` is one; for SQLite, wrap
 * the driver at hand. Parameters stand in the text as `$1`, `$2`.
 */
export interface SqlSession {
    query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

interface Row {
    readonly block: bigint | number | string;
    readonly transaction_id: string;
}

/** Somebody else follows under the same name and has gone on. What was done here is undone. */
export class CheckpointMoved extends Error {
    constructor(name: string) {
        super(`another process follows as ${name}: its position has moved`);
        this.name = 'CheckpointMoved';
    }
}

/**
 * How far one has followed the ledger, in the database that holds what that has caused: table `poolproof_checkpoint`, one row a name,
 * changed in the same transaction. Of two processes that follow under one name only one has an effect at each event. In the dialect
 * that PostgreSQL and SQLite share.
 *
 * @example
 * const store = await SqlStore.open(client, 'read-model');
 * await bank.applyEvents({
 *     store,
 *     on: { DealOpened: ({ dealId }, sql) => sql.query('INSERT INTO deal (id) VALUES ($1)', [dealId]).then(() => undefined) },
 * });
 */
export class SqlStore implements CheckpointStore<SqlSession> {
    private constructor(
        private readonly session: SqlSession,
        readonly name: string,
        private last: Position | undefined,
    ) {}

    /** Makes the table where there is none, and reads the position under this name. */
    static async open(session: SqlSession, name: string): Promise<SqlStore> {
        await session.query(
            'CREATE TABLE IF NOT EXISTS poolproof_checkpoint (name TEXT PRIMARY KEY, block BIGINT NOT NULL, transaction_id TEXT NOT NULL)',
        );
        const found = 'SELECT block, transaction_id FROM poolproof_checkpoint WHERE name = $1';
        const [row] = (await session.query(found, [name])).rows as readonly Row[];
        return new SqlStore(session, name, row && positionOf(row));
    }

    position(): Promise<Position | undefined> {
        return Promise.resolve(this.last);
    }

    /** @throws CheckpointMoved where another process follows under the same name */
    async advance(position: Position, effect: (session: SqlSession) => unknown): Promise<void> {
        await this.session.query('BEGIN');
        try {
            await this.move(position);
            await effect(this.session);
            await this.session.query('COMMIT');
        } catch (error) {
            await this.session.query('ROLLBACK').catch(() => undefined);
            throw error;
        }
        this.last = position;
    }

    /** From where this process believes it stands, or not at all. The row is locked until the transaction ends. */
    private async move({ blockNumber, transactionId = '' }: Position): Promise<void> {
        const to = [this.name, String(blockNumber), transactionId];
        const { rows } = this.last
            ? await this.session.query(
                  'UPDATE poolproof_checkpoint SET block = $2, transaction_id = $3 WHERE name = $1 AND block = $4 AND transaction_id = $5 RETURNING name',
                  [...to, String(this.last.blockNumber), this.last.transactionId ?? ''],
              )
            : await this.session.query(
                  'INSERT INTO poolproof_checkpoint (name, block, transaction_id) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING RETURNING name',
                  to,
              );
        if (rows.length === 0) throw new CheckpointMoved(this.name);
    }
}

function positionOf({ block, transaction_id: transactionId }: Row): Position {
    return { blockNumber: BigInt(block), ...(transactionId === '' ? {} : { transactionId }) };
}
