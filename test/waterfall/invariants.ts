import { isDeepStrictEqual } from 'node:util';

import { canonical, openingState, readRun, readState, runPeriod } from '@poolproof/chaincode/domain';

import type { Amount, DealState, PeriodFacts, Terms, WaterfallRun } from '@poolproof/chaincode/domain';

/** Every period of a deal until its facts end or it reaches a final status, each run checked against what must always hold. */
export function liveThrough(terms: Terms, months: readonly PeriodFacts[]): WaterfallRun[] {
    const runs: WaterfallRun[] = [];
    let state = openingState(terms);
    for (const facts of months) {
        if (terms.statuses.some(({ id, final }) => id === state.status && final)) break;
        const run = runPeriod(terms, state, facts);
        expect([...faultsOf(state, run), ...storageFaults(terms, state, facts, run)]).toEqual([]);
        runs.push(run);
        state = run.state;
    }
    return runs;
}

/** What a run breaks of what must always hold, in words; nothing, when all is well. */
function faultsOf(before: DealState, run: WaterfallRun): string[] {
    return [...cashFaults(before, run), ...balanceFaults(before, run), ...negativeFaults(run), ...stepFaults(run)];
}

/** Cash before plus deposits is cash after plus everything paid. */
function cashFaults(before: DealState, run: WaterfallRun): string[] {
    const paid = Object.values(run.distributions).reduce(
        (total, { interest, principal, residual }) => total + interest + principal + residual,
        sum(run.payments),
    );
    const lost = sum(before.accounts) + sum(run.deposits) - sum(run.state.accounts) - paid;
    return lost === 0n ? [] : [`${lost} of cash is missing on ${run.paymentDate}`];
}

/** A balance falls by what was paid and written down; none of these deals accretes. */
function balanceFaults(before: DealState, { distributions }: WaterfallRun): string[] {
    return Object.entries(distributions).flatMap(([id, each]) => {
        const accreted = each.balanceEnding - (each.balanceBeginning - each.principal - each.writtenDown);
        const isCarried = each.balanceBeginning === before.tranches[id]?.balance;
        return [
            ...(accreted === 0n ? [] : [`the balance of ${id} is off by ${accreted}`]),
            ...(isCarried ? [] : [`the balance of ${id} does not begin where it ended`]),
        ];
    });
}

function negativeFaults({ state, distributions, payments }: WaterfallRun): string[] {
    const amounts = [
        ...Object.values(state.accounts),
        ...Object.values(state.ledgers),
        ...Object.values(state.hedges),
        ...Object.values(payments),
        ...Object.values(state.fees).flatMap(({ unpaid, counted }) => [unpaid, counted]),
        ...Object.values(state.tranches).flatMap(each => [each.balance, each.interestShortfall, each.writtenDown]),
        ...Object.values(distributions).flatMap(each => [each.interest, each.principal, each.residual]),
    ];
    return amounts.filter(amount => amount < 0n).map(amount => `${amount} is negative`);
}

/** A step pays no more than is due, and what its payees received is what it paid. */
function stepFaults({ steps }: WaterfallRun): string[] {
    return steps.flatMap(step => {
        if (!('paid' in step) || step.due < 0n) return [];
        const isOver = step.paid > step.due;
        const isLost = step.parts !== undefined && sum(step.parts) !== step.paid;
        return [...(isOver ? [`${step.id} pays too much`] : []), ...(isLost ? [`${step.id} loses cash`] : [])];
    });
}

/** What goes on the ledger comes back the same, and a run from what came back is the same run. */
function storageFaults(terms: Terms, before: DealState, facts: PeriodFacts, run: WaterfallRun): string[] {
    const written = canonical(run);
    const isSame = isDeepStrictEqual(readRun(JSON.parse(written), 'run'), run);
    const state = readState(JSON.parse(canonical(before)), 'state');
    const isRepeated = canonical(runPeriod(terms, state, facts)) === written;
    return [...(isSame ? [] : ['the run changes in storage']), ...(isRepeated ? [] : ['the run cannot be repeated'])];
}

function sum(amounts: Readonly<Record<string, Amount>>): bigint {
    return Object.values(amounts).reduce<bigint>((total, amount) => total + amount, 0n);
}
