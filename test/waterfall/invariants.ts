import { canonical, openingState, readRun, readState, runPeriod } from '@poolproof/chaincode/domain';

import type { Amount, DealState, PeriodFacts, Terms, WaterfallRun } from '@poolproof/chaincode/domain';

/** Every period of a deal until its facts end or it reaches a final status, each run checked against what must always hold. */
export function liveThrough(terms: Terms, months: readonly PeriodFacts[]): WaterfallRun[] {
    const runs: WaterfallRun[] = [];
    let state = openingState(terms);
    for (const facts of months) {
        if (terms.statuses.some(({ id, final }) => id === state.status && final)) break;
        const run = runPeriod(terms, state, facts);
        expectConservation(state, run);
        expectNothingNegative(run);
        expectSteps(run);
        expectRoundTrip(terms, state, facts, run);
        runs.push(run);
        state = run.state;
    }
    return runs;
}

/** Cash before plus deposits is cash after plus everything paid; a balance falls by what was paid and written down. */
function expectConservation(before: DealState, run: WaterfallRun): void {
    const paid = Object.values(run.distributions).reduce(
        (total, { interest, principal, residual }) => total + interest + principal + residual,
        sum(run.payments),
    );
    expect(sum(before.accounts) + sum(run.deposits)).toBe(sum(run.state.accounts) + paid);
    for (const [id, each] of Object.entries(run.distributions)) {
        const accreted = each.balanceEnding - (each.balanceBeginning - each.principal - each.writtenDown);
        expect([id, accreted >= 0n]).toEqual([id, true]);
        expect(each.balanceBeginning).toBe(before.tranches[id]?.balance);
    }
}

function expectNothingNegative({ state, distributions, payments }: WaterfallRun): void {
    const amounts = [
        ...Object.values(state.accounts),
        ...Object.values(state.ledgers),
        ...Object.values(state.hedges),
        ...Object.values(payments),
        ...Object.values(state.fees).flatMap(({ unpaid, counted }) => [unpaid, counted]),
        ...Object.values(state.tranches).flatMap(each => [each.balance, each.interestShortfall, each.writtenDown]),
        ...Object.values(distributions).flatMap(each => [each.interest, each.principal, each.residual]),
    ];
    expect(amounts.filter(amount => amount < 0n)).toEqual([]);
}

/** A step pays no more than is due, and what leaves the account and its support is what it paid. */
function expectSteps(run: WaterfallRun): void {
    for (const step of run.steps) {
        if (!('paid' in step) || step.due < 0n) continue;
        expect([step.id, step.paid <= step.due]).toEqual([step.id, true]);
        if (step.parts) expect([step.id, sum(step.parts)]).toEqual([step.id, step.paid]);
    }
}

/** What goes on the ledger comes back the same, and a run from what came back is the same run. */
function expectRoundTrip(terms: Terms, before: DealState, facts: PeriodFacts, run: WaterfallRun): void {
    const written = canonical(run);
    expect(readRun(JSON.parse(written), 'run')).toEqual(run);
    const state = readState(JSON.parse(canonical(before)), 'state');
    expect(canonical(runPeriod(terms, state, facts))).toBe(written);
}

export function sum(amounts: Readonly<Record<string, Amount>>): bigint {
    return Object.values(amounts).reduce<bigint>((total, amount) => total + amount, 0n);
}
