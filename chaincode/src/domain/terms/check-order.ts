import { FormulaProblem } from '../formula/problem';
import { tokensOf } from '../formula/token';
import { allSteps, movesMoney } from '../waterfall/every-step';

import type { Findings } from './check';
import type { Step, Terms } from './terms';

/**
 * Finds formulas that read the figures of a step before it has run: they would read zero. Values and triggers tested before the
 * waterfall run before every step.
 */
export function checkOrder(terms: Terms, findings: Findings): void {
    const names = stepNames(terms);
    const early: [string, string][] = [];
    (terms.values ?? []).forEach(({ formula }, i) => early.push([formula, `values[${i}].formula`]));
    (terms.fees ?? []).forEach(({ amount }, i) => early.push([amount, `fees[${i}].amount`]));
    terms.deposits.forEach(({ amount }, i) => early.push([amount, `deposits[${i}].amount`]));
    if (terms.call) early.push([terms.call.price, 'call.price'], [terms.call.when, 'call.when']);
    (terms.triggers ?? []).forEach(({ when, tested }, i) => {
        if ((tested ?? 'before') === 'before') early.push([when, `triggers[${i}].when`]);
    });
    for (const [formula, at] of early)
        for (const step of stepsRead(formula, names))
            findings.error('order', at, `reads '${step}', which is a step and has not run yet: it would be zero`);
    for (const [status, steps] of Object.entries(terms.waterfalls))
        checkSteps(steps, `waterfalls.${status}`, new Set(), names, findings);
}

function checkSteps(
    steps: readonly Step[],
    at: string,
    before: ReadonlySet<string>,
    names: ReadonlyMap<string, string>,
    findings: Findings,
): Set<string> {
    const run = new Set(before);
    steps.forEach((step, i) => {
        for (const [member, formula] of formulasOf(step))
            for (const read of stepsRead(formula, names))
                if (!run.has(read))
                    findings.error(
                        'order',
                        `${at}[${i}].${member}`,
                        `reads '${read}', which has not run yet here: it would be zero`,
                    );
        run.add(step.id);
        if (step.do !== 'if') return;
        const then = checkSteps(step.then, `${at}[${i}].then`, run, names, findings);
        const otherwise = checkSteps(step.else ?? [], `${at}[${i}].else`, run, names, findings);
        for (const id of [...then, ...otherwise]) run.add(id);
    });
    return run;
}

/** The names steps give: `id.due` and its kin, or `id` itself. */
function stepNames(terms: Terms): Map<string, string> {
    const names = new Map<string, string>();
    for (const { step } of allSteps(terms)) {
        if (step.do === 'set') names.set(step.id, step.id);
        if (movesMoney(step)) for (const figure of ['due', 'paid', 'short']) names.set(`${step.id}.${figure}`, step.id);
    }
    return names;
}

function stepsRead(formula: string, names: ReadonlyMap<string, string>): Set<string> {
    try {
        const read = tokensOf(formula).flatMap(({ kind, text }) => (kind === 'name' ? (names.get(text) ?? []) : []));
        return new Set(read);
    } catch (problem) {
        // A formula that cannot be read is reported as such.
        if (problem instanceof FormulaProblem) return new Set();
        throw problem;
    }
}

function formulasOf(step: Step): (readonly [string, string])[] {
    const members = ['amount', 'limit', 'when', 'formula'] as const;
    const given = step as Partial<Record<(typeof members)[number], string>>;
    return members.flatMap(member => {
        const formula = given[member];
        return formula === undefined ? [] : [[member, formula] as const];
    });
}
