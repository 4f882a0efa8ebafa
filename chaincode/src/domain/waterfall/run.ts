import { formatRate, rate } from '../rate';
import { Refusal } from '../refusal';
import { openAccount } from './account';
import { checkCall } from './call';
import { dealProgram } from './deal';
import { takeDeposits } from './deposit';
import { closeFee, openFee } from './fee';
import { amountIn, put } from './frame';
import { hedgeUnpaid } from './hedge';
import { interestUnpaid, openTranche, rateOf } from './tranche';
import { decodeValue, recorded } from './recorded';
import { openTrigger, testTrigger, untripped } from './trigger';

import type { Frame } from '../formula/scope';
import type { Amount } from '../money';
import type { PeriodFacts } from '../terms/facts';
import type { Terms, Trigger } from '../terms/terms';
import type { DealProgram } from './deal';
import type { Run } from './frame';
import type { TrancheProgram } from './tranche';
import type { Distribution, RecordedValue, WaterfallRun } from './record';
import type { DealState, TrancheState } from './state';

/**
 * Runs the waterfall of one payment date: deposits, triggers, the steps of the deal's status, triggers again. Pure: the same
 * terms, state and facts give the same run on every peer.
 * @throws Refusal TERMS_INVALID, FACTS_INVALID, CALL_NOT_ALLOWED, DEAL_FINAL
 */
export function runPeriod(terms: Terms, state: DealState, facts: PeriodFacts): WaterfallRun {
    const program = dealProgram(terms);
    return closeRun(execute(program, state, facts), program, state, facts);
}

/** A run whose last step has been taken. */
export interface Executed {
    readonly run: Run;
    /** The status whose waterfall ran. */
    readonly status: string;
    /** What accretion tranches added to their balances, in the order of the terms. */
    readonly accreted: readonly bigint[];
}

/** Runs every step and trigger, and leaves the frame as it stands at the end. */
export function execute(program: DealProgram, state: DealState, facts: PeriodFacts): Executed {
    const run = openRun(program, state, facts);
    testTriggers(run, program, 'before');
    const status = run.frame.status;
    const waterfall = program.waterfalls.get(status);
    if (!waterfall) throw new Refusal('DEAL_FINAL', { status });
    waterfall(run);
    const accreted = program.tranches.map(tranche => accrete(run.frame, tranche));
    testTriggers(run, program, 'after');
    return { run, status, accreted };
}

/** A run ready for its first step: `stagedRun` with the deposits in their accounts. */
function openRun(program: DealProgram, state: DealState, facts: PeriodFacts): Run {
    const run = stagedRun(program, state, facts);
    checkCall(run, program.call);
    takeDeposits(run, program.deposits);
    return run;
}

/** A run that knows the state's balances, the facts and what is due, before any cash moves. */
export function stagedRun(program: DealProgram, state: DealState, facts: PeriodFacts): Run {
    if (facts.paymentDate <= state.asOf)
        throw new Refusal('FACTS_INVALID', { at: 'paymentDate', problem: `not after ${state.asOf}, the last one run` });
    const run = bareRun(program, state, facts);
    const { frame } = run;
    program.dates.load(frame, state, facts);
    program.takeFacts(frame, facts);
    for (const fee of program.fees) openFee(frame, fee, stateOf(state.fees, fee.id), program.dates);
    for (const task of program.opening) task(frame);
    return run;
}

function bareRun(program: DealProgram, state: DealState, facts: PeriodFacts): Run {
    const memory = program.remembered.map(({ id, unit }) =>
        (state.memory[id] ?? []).map(text => decodeValue(unit, text)),
    );
    const frame: Frame = { values: program.blank(), memory, status: state.status };
    for (const account of program.accounts) openAccount(frame, account, stateOf(state.accounts, account.id));
    for (const tranche of program.tranches) openTranche(frame, tranche, stateOf(state.tranches, tranche.id));
    for (const ledger of program.ledgers) {
        put(frame, ledger.balance, stateOf(state.ledgers, ledger.id));
        put(frame, ledger.opening, stateOf(state.ledgers, ledger.id));
    }
    for (const hedge of program.hedges) put(frame, hedge.carried, stateOf(state.hedges, hedge.id));
    for (const trigger of program.triggers) openTrigger(frame, trigger, state.triggers[trigger.id] ?? untripped);
    return { frame, steps: [], payments: {}, notices: [], triggers: { ...state.triggers }, day: facts.paymentDate };
}

/** Terms and state belong together; a state of other terms is a fault of the caller. */
function stateOf<T>(states: Readonly<Record<string, T>>, id: string): T {
    const found = states[id];
    if (found === undefined)
        throw new Refusal('FACTS_INVALID', { at: id, problem: 'missing in the state of the deal' });
    return found;
}

function testTriggers(run: Run, program: DealProgram, when: NonNullable<Trigger['tested']>): void {
    for (const trigger of program.triggers) {
        if ((trigger.terms.tested ?? 'before') !== when) continue;
        run.triggers[trigger.id] = testTrigger(run, trigger, run.triggers[trigger.id] ?? untripped, run.day, true);
    }
}

/** Adds an accretion tranche's unpaid interest to its balance. Returns what was added. */
function accrete(frame: Frame, tranche: TrancheProgram): bigint {
    if (!tranche.terms.accretes) return 0n;
    const unpaid = interestUnpaid(frame, tranche);
    put(frame, tranche.balance, amountIn(frame, tranche.balance) + unpaid);
    return unpaid;
}

function closeRun(executed: Executed, program: DealProgram, before: DealState, facts: PeriodFacts): WaterfallRun {
    const { run, status, accreted } = executed;
    const { frame } = run;
    const tranches = program.tranches.map((tranche, i) => closeTranche(frame, tranche, accreted[i] ?? 0n));
    const results = resultsOf(frame, program);
    return {
        paymentDate: facts.paymentDate,
        status,
        state: {
            period: before.period + 1,
            status: frame.status,
            asOf: facts.paymentDate,
            tranches: byId(program.tranches, (_, i) => tranches[i] as TrancheState),
            accounts: byId(program.accounts, account => amountIn(frame, account.balance)),
            fees: byId(program.fees, fee => closeFee(frame, fee)),
            ledgers: byId(program.ledgers, ledger => amountIn(frame, ledger.balance)),
            hedges: byId(program.hedges, hedge => hedgeUnpaid(frame, hedge)),
            triggers: run.triggers,
            memory: rememberValues(program, results, before),
        },
        deposits: byId(program.deposits, ({ amount }) => amount(frame)),
        steps: run.steps,
        distributions: byId(program.tranches, (tranche, i) =>
            distributionOf(frame, tranche, before, tranches[i] as TrancheState),
        ),
        payments: run.payments,
        results,
        notices: run.notices,
    };
}

function closeTranche(frame: Frame, tranche: TrancheProgram, accreted: bigint): TrancheState {
    return {
        balance: amountIn(frame, tranche.balance),
        interestShortfall: (interestUnpaid(frame, tranche) - accreted) as Amount,
        writtenDown: amountIn(frame, tranche.writtenDown),
    };
}

function distributionOf(frame: Frame, tranche: TrancheProgram, before: DealState, after: TrancheState): Distribution {
    const original = tranche.terms.balance;
    const factor = original === 0n ? rate(0n) : { n: after.balance, d: original };
    return {
        interest: amountIn(frame, tranche.interestPaid),
        principal: amountIn(frame, tranche.principalPaid),
        residual: amountIn(frame, tranche.residual),
        balanceBeginning: amountIn(frame, tranche.opening),
        balanceEnding: after.balance,
        factor: formatRate(factor, 7, 'half-up'),
        interestShortfall: after.interestShortfall,
        rate: String(recorded('rate', rateOf(frame, tranche))),
        writtenDown: (after.writtenDown - stateOf(before.tranches, tranche.id).writtenDown) as Amount,
    };
}

/** What a remembered value looks like in the state: the text of its result. */
function rememberValues(
    program: DealProgram,
    results: WaterfallRun['results'],
    before: DealState,
): DealState['memory'] {
    return byId(program.remembered, ({ id, depth }) => [
        String(results[id]),
        ...(before.memory[id] ?? []).slice(0, depth - 1),
    ]);
}

function resultsOf(frame: Frame, program: DealProgram): Readonly<Record<string, RecordedValue>> {
    const results: Record<string, RecordedValue> = {};
    for (const { id, unit, read } of program.results) results[id] = recorded(unit, read(frame));
    return results;
}

function byId<T extends { readonly id: string }, R>(
    items: readonly T[],
    valueOf: (item: T, index: number) => R,
): Readonly<Record<string, R>> {
    const result: Record<string, R> = {};
    items.forEach((item, i) => (result[item.id] = valueOf(item, i)));
    return result;
}
