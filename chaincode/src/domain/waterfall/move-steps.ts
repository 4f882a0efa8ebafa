import { deposit } from './account';
import { amountIn } from './frame';
import { compilePayment, optionalAmount } from './payment';

import type { Frame } from '../formula/scope';
import type { Kind, StepContext, StepProgram } from './step-context';

/** `fund`: up to the target unless an amount is given. */
export function compileFund(context: StepContext, step: Kind<'fund'>, at: string): StepProgram {
    const account = context.entities.account(step.account, `${at}.account`);
    const target = context.entities.target(account);
    const missing = (frame: Frame) => target.run(frame) - amountIn(frame, account.balance);
    return compilePayment(
        context,
        step,
        {
            amount: optionalAmount(context, step.amount, at) ?? { ...target, run: missing },
            give: ({ frame }, paid) => {
                deposit(frame, account, paid);
                return undefined;
            },
        },
        at,
    );
}

/** `transfer`: from one account to another. */
export function compileTransfer(context: StepContext, step: Kind<'transfer'>, at: string): StepProgram {
    const into = context.entities.account(step.to, `${at}.to`);
    return compilePayment(
        context,
        step,
        {
            amount: optionalAmount(context, step.amount, at),
            give: ({ frame }, paid) => {
                deposit(frame, into, paid);
                return undefined;
            },
        },
        at,
    );
}

/** `draw`: from an account into the first, or the one named. */
export function compileDraw(context: StepContext, step: Kind<'draw'>, at: string): StepProgram {
    const into = context.entities.account(step.into, `${at}.into`);
    return compilePayment(
        context,
        step,
        {
            amount: optionalAmount(context, step.amount, at),
            give: ({ frame }, paid) => {
                deposit(frame, into, paid);
                return undefined;
            },
        },
        at,
    );
}
