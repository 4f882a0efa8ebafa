import { Refusal } from '../refusal';
import { deposit } from './account';
import { unlessUnresolved } from './entities';
import { amountIn, put } from './frame';

import type { Frame } from '../formula/scope';
import type { Amount } from '../money';
import type { Terms } from '../terms/terms';
import type { AccountProgram } from './account';
import type { Entities } from './entities';
import type { Run } from './frame';
import type { OpeningTask } from './opening-task';
import type { Vocabulary } from './vocabulary';

/** A deposit while a deal runs; the amount is computed when the run opens. */
export interface DepositProgram {
    readonly id: string;
    readonly into: AccountProgram;
    readonly amount: (frame: Frame) => Amount;
}

/** Deposits have a name in formulas: their id is their amount. */
export function compileDeposits(
    vocabulary: Vocabulary,
    entities: Entities,
    opening: OpeningTask[],
    terms: Terms,
): DepositProgram[] {
    return terms.deposits.flatMap((given, i) => {
        const at = `deposits[${i}]`;
        const slot = vocabulary.hiddenSlot('money');
        vocabulary.defer(
            given.id,
            () => {
                const program = vocabulary.compile(given.amount, 'money', `${at}.amount`);
                if (program.isBroken) return undefined;
                opening.push(frame => put(frame, slot, program.run(frame)));
                return { unit: 'money', read: frame => amountIn(frame, slot) };
            },
            `${at}.id`,
        );
        const into = unlessUnresolved(() => entities.account(given.into, `${at}.into`));
        return into ? [{ id: given.id, into, amount: (frame: Frame) => amountIn(frame, slot) }] : [];
    });
}

/** Puts the deposits into their accounts. @throws Refusal FACTS_INVALID when one would leave an account below zero */
export function takeDeposits(run: Run, deposits: readonly DepositProgram[]): void {
    for (const { id, into, amount } of deposits) {
        const given = amount(run.frame);
        deposit(run.frame, into, given);
        if (amountIn(run.frame, into.balance) < 0n)
            throw new Refusal('FACTS_INVALID', { at: id, problem: `leaves the account ${into.id} below zero` });
    }
}
