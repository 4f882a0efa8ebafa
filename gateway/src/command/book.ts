import { byCodePoint } from '@poolproof/chaincode/domain';

import { AssetAmounts } from './money';
import { Overview } from './overview';

import type { BookContent, Instruction } from '@poolproof/chaincode/domain';
import type { Connection } from '../connection';

/** A book, and what stands in it at a glance: amounts in the currency of what they are of. */
export async function bookAtAGlance(connection: Connection, institution: string | undefined): Promise<Overview> {
    const book = await connection.holdings.book(institution);
    return new Overview(book, await glanceOf(book, new AssetAmounts(connection)));
}

/** Instructions with what each moves. */
export async function instructionLines(connection: Connection, asked: Promise<Instruction[]>): Promise<Overview> {
    const instructions = await asked;
    return new Overview(instructions, await linesOf(instructions, new AssetAmounts(connection)));
}

async function glanceOf({ institution, standing, ...book }: BookContent, amounts: AssetAmounts): Promise<object> {
    return {
        institution,
        ...(standing && {
            clearedUntil: standing.clearedUntil,
            categories: standing.categories,
            suspended: standing.suspended,
        }),
        holdings: await Promise.all(
            inOrder(book.holdings, ({ account, asset }) => `${account} ${asset}`).map(
                async ({ account, asset, free, pledged }) => ({
                    account,
                    asset,
                    free: await amounts.of(asset, free),
                    pledged: await amounts.of(asset, pledged),
                }),
            ),
        ),
        orders: await Promise.all(
            inOrder(book.orders, ({ dealId, className }) => `${dealId} ${className}`).map(
                ({ dealId, className, face, minimum, limit, status, allotted, price, due }) =>
                    amounts.ofDeal(dealId, { dealId, className, face, minimum, limit, status, allotted, price, due }),
            ),
        ),
        instructions: await linesOf(book.instructions, amounts),
        liens: await Promise.all(
            book.liens.map(async lien => ({ ...lien, quantity: await amounts.of(lien.asset, lien.quantity) })),
        ),
    };
}

/** A book keeps its records under hashes: people find them by their names. */
function inOrder<T>(records: readonly T[], name: (record: T) => string): T[] {
    return [...records].sort((a, b) => byCodePoint(name(a), name(b)));
}

function linesOf(instructions: readonly Instruction[], amounts: AssetAmounts): Promise<object[]> {
    return Promise.all(
        instructions.map(async ({ reference, kind, side, counterparty, asset, quantity, status, expiryDay }) => ({
            reference,
            kind,
            side,
            counterparty,
            asset,
            quantity: await amounts.of(asset, quantity),
            status,
            expiryDay,
        })),
    );
}
