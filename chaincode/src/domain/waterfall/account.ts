import { amountIn, increase, put } from './frame';

import type { Frame } from '../formula/scope';
import type { Amount } from '../money';
import type { Account } from '../terms/terms';
import type { Slot, Vocabulary } from './vocabulary';

/** An account while a deal runs. */
export interface AccountProgram {
    readonly id: string;
    readonly balance: Slot;
    readonly opening: Slot;
    readonly deposited: Slot;
    readonly withdrawn: Slot;
    readonly target: (frame: Frame) => bigint;
}

/** Names an account's figures. */
export function compileAccount(vocabulary: Vocabulary, account: Account, at: string): AccountProgram {
    const { id } = account;
    const money = (name: string) => vocabulary.slot(`${id}.${name}`, 'money', `${at}.id`);
    return {
        id,
        balance: money('balance'),
        opening: money('opening'),
        deposited: money('deposited'),
        withdrawn: money('withdrawn'),
        target: vocabulary.deferMoney(`${id}.target`, account.target ?? '0', `${at}.target`, `${at}.id`),
    };
}

/** Lays out what the state carries. */
export function openAccount(frame: Frame, account: AccountProgram, balance: Amount): void {
    put(frame, account.balance, balance);
    put(frame, account.opening, balance);
}

/** Puts cash into an account. */
export function deposit(frame: Frame, account: AccountProgram, amount: bigint): void {
    increase(frame, account.balance, amount);
    increase(frame, account.deposited, amount);
}

/** Takes up to `amount`, never more than there is. Returns what was taken. */
export function withdraw(frame: Frame, account: AccountProgram, amount: bigint): bigint {
    const balance = amountIn(frame, account.balance);
    const taken = amount < balance ? amount : balance;
    if (taken <= 0n) return 0n;
    increase(frame, account.balance, -taken);
    increase(frame, account.withdrawn, taken);
    return taken;
}
