import { deposit } from './account';
import { amountIn } from './frame';
import { compilePayment, optionalAmount } from './payment';

import type { Frame } from '../formula/scope';
import type { AccountProgram } from './account';
import type { Kind, StepContext, StepProgram } from './step-context';

/** `fund`: up to the target unless an amount is given. */
export function compileFund(context: StepContext, step: Kind<'fund'>, at: string): StepProgram {
    const account = context.entities.account(step.account, `${at}.account`);
    const target = context.entities.target(account);
    const missing = (frame: Frame) => target.run(frame) - amountIn(frame, account.balance);
    const amount = optionalAmount(context, step.amount, at) ?? { ...target, run: missing };
    return compileMove(context, step, account, at, amount);
}

/** `transfer`: from one account to another. */
export function compileTransfer(context: StepContext, step: Kind<'transfer'>, at: string): StepProgram {
    return compileMove(context, step, context.entities.account(step.to, `${at}.to`), at);
}

/** `draw`: from an account into the first, or the one named. */
export function compileDraw(context: StepContext, step: Kind<'draw'>, at: string): StepProgram {
    return compileMove(context, step, context.entities.account(step.into, `${at}.into`), at);
}

function compileMove(
    context: StepContext,
    step: Kind<'draw'> | Kind<'fund'> | Kind<'transfer'>,
    into: AccountProgram,
    at: string,
    amount = optionalAmount(context, step.amount, at),
): StepProgram {
    return compilePayment(
        context,
        step,
        {
            amount,
            give: ({ frame }, paid) => {
                deposit(frame, into, paid);
                return undefined;
            },
        },
        at,
    );
}
