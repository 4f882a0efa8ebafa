import { choice, flag, formula, id, list, literal, object, oneOf, optional, recursive, said, text } from './grammar';

import type { Grammar } from './grammar';
import type { If, Step } from './terms';

const ids = list(id, 1);
const base = { id, label: optional(said('How people call it.', text)) };
const paying = {
    ...base,
    from: optional(said('The account that pays; the first when absent.', id)),
    support: optional(said('Accounts drawn, in this order, when it does not suffice.', ids)),
    limit: optional(said('The most that is paid.', formula)),
    shortfall: optional(
        object<{ readonly ledger?: string; readonly status?: string }>('What a shortfall does.', {
            ledger: optional(said('It is booked here.', id)),
            status: optional(said('The deal takes this status.', id)),
        }),
    ),
};

/** A list of steps, those of branches within them. */
export const stepsGrammar: Grammar<readonly Step[]> = list(recursive('step', () => stepGrammar));

/** One row a kind of step. */
const stepKinds: { readonly [K in Step['do']]: Grammar<Step> } = {
    book: object<Step & { do: 'book' }>('Change a ledger by a signed amount.', {
        ...base,
        do: literal('book'),
        ledger: id,
        amount: formula,
    }),
    'change-status': object<Step & { do: 'change-status' }>('Change the status of the deal.', {
        ...base,
        do: literal('change-status'),
        status: id,
    }),
    draw: object<Step & { do: 'draw' }>('Take from an account into the first account.', {
        ...base,
        do: literal('draw'),
        account: id,
        into: optional(id),
        amount: formula,
        limit: optional(formula),
    }),
    fund: object<Step & { do: 'fund' }>('Fill an account up to its target.', {
        ...paying,
        do: literal('fund'),
        account: id,
        amount: optional(formula),
    }),
    if: object<If>('Steps on a condition.', {
        ...base,
        do: literal('if'),
        when: formula,
        then: stepsGrammar,
        else: optional(stepsGrammar),
    }),
    pay: object<Step & { do: 'pay' }>('Pay a role or a tranche without balance; all there is without an amount.', {
        ...paying,
        do: literal('pay'),
        to: id,
        amount: optional(formula),
    }),
    'pay-fee': object<Step & { do: 'pay-fee' }>('Pay a fee.', {
        ...paying,
        do: literal('pay-fee'),
        fee: id,
        beyondCap: optional(flag),
    }),
    'pay-interest': object<Step & { do: 'pay-interest' }>('Pay interest, pro rata to what is due.', {
        ...paying,
        do: literal('pay-interest'),
        tranches: ids,
    }),
    'pay-principal': object<Step & { do: 'pay-principal' }>('Pay principal; all there is without an amount.', {
        ...paying,
        do: literal('pay-principal'),
        tranches: ids,
        split: oneOf('sequential', 'pro-rata', 'rank', 'target'),
        amount: optional(formula),
    }),
    reinstate: writeDown('reinstate', 'Reinstate what was written down, in the order named.'),
    set: object<Step & { do: 'set' }>('Give a result a name, at this point of the run.', {
        ...base,
        do: literal('set'),
        formula,
    }),
    'settle-hedge': object<Step & { do: 'settle-hedge' }>('Pay what is owed under a hedge.', {
        ...paying,
        do: literal('settle-hedge'),
        hedge: id,
    }),
    test: object<Step & { do: 'test' }>('Test a trigger here.', { ...base, do: literal('test'), trigger: id }),
    transfer: object<Step & { do: 'transfer' }>('Move cash between accounts.', {
        ...paying,
        do: literal('transfer'),
        to: id,
        amount: optional(formula),
    }),
    'write-down': writeDown('write-down', 'Reduce balances by a loss, in the order named.'),
};

function writeDown<K extends 'write-down' | 'reinstate'>(kind: K, description: string): Grammar<Step> {
    return object<Step & { do: 'write-down' | 'reinstate' }>(description, {
        ...base,
        do: literal(kind),
        tranches: ids,
        amount: formula,
    });
}

/** One step, told apart by `do`. */
export const stepGrammar: Grammar<Step> = choice('do', stepKinds);
