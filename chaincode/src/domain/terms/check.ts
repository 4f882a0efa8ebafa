import { byCodePoint } from '../canonical';
import { monthOf, monthsBetween } from '../day';
import { mostPeriods } from '../calendar/schedule';
import { inspectDeal } from '../waterfall/deal';
import { allSteps } from '../waterfall/every-step';
import { checkDestinations } from './check-destination';
import { checkOrder } from './check-order';
import { checkStress } from './check-stress';

import type { Step, Terms } from './terms';
import type { Finding, FindingCode } from './finding';

/** Collects findings; `error` and `warn` read as the rule that is broken. */
export class Findings {
    readonly list: Finding[] = [];

    error(code: FindingCode, at: string, message: string): void {
        this.list.push({ severity: 'error', code, at, message });
    }

    warn(code: FindingCode, at: string, message: string): void {
        this.list.push({ severity: 'warning', code, at, message });
    }

    get hasErrors(): boolean {
        return this.list.some(({ severity }) => severity === 'error');
    }
}

/**
 * Judges terms as a compiler judges a program: names and units, a waterfall for every status, a destination for every cent in
 * every branch, and, when nothing is wrong so far, a grid of stress scenarios run from closing to the end.
 */
export function checkTerms(terms: Terms): readonly Finding[] {
    const findings = new Findings();
    for (const { code, at, problem } of inspectDeal(terms).problems) findings.error(code, at, problem);
    checkDates(terms, findings);
    checkParties(terms, findings);
    checkStatuses(terms, findings);
    checkStepIds(terms, findings);
    checkPaid(terms, findings);
    checkTriggers(terms, findings);
    checkOrder(terms, findings);
    checkDestinations(terms, findings);
    if (!findings.hasErrors) checkStress(terms, findings);
    return findings.list;
}

function checkDates({ calendar, dates }: Terms, findings: Findings): void {
    const { cutoff, closing, firstPayment, legalFinal } = dates;
    if (cutoff > closing) findings.error('dates', 'dates.cutoff', 'after the closing date');
    if (closing >= firstPayment) findings.error('dates', 'dates.firstPayment', 'not after the closing date');
    if (firstPayment > legalFinal) findings.error('dates', 'dates.legalFinal', 'before the first payment');
    if (monthsBetween(monthOf(firstPayment), monthOf(legalFinal)) > (mostPeriods - 2) * calendar.monthsPerPeriod)
        findings.error('dates', 'dates.legalFinal', `more than ${mostPeriods} payment dates`);
}

function checkParties(terms: Terms, findings: Findings): void {
    const mustBeRole = (role: string, at: string) => {
        if (!Object.hasOwn(terms.parties, role)) findings.error('party', at, `'${role}' is no role of the deal`);
    };
    (terms.fees ?? []).forEach(({ to }, i) => mustBeRole(to, `fees[${i}].to`));
    (terms.hedges ?? []).forEach(({ counterparty }, i) => mustBeRole(counterparty, `hedges[${i}].counterparty`));
    (terms.triggers ?? []).forEach(({ notify }, i) =>
        notify?.forEach((role, j) => mustBeRole(role, `triggers[${i}].notify[${j}]`)),
    );
}

function checkStatuses(terms: Terms, findings: Findings): void {
    terms.statuses.forEach(({ id, final }, i) => {
        const hasWaterfall = Object.hasOwn(terms.waterfalls, id);
        if (!final && !hasWaterfall) findings.error('status', `statuses[${i}]`, `'${id}' has no waterfall`);
        if (final && hasWaterfall) findings.error('status', `waterfalls.${id}`, 'a final status runs no waterfall');
        if (i > 0 && !leadsTo(terms, id)) findings.warn('status', `statuses[${i}]`, `nothing leads to '${id}'`);
    });
    const known = new Set(terms.statuses.map(({ id }) => id));
    for (const id of Object.keys(terms.waterfalls))
        if (!known.has(id)) findings.error('status', `waterfalls.${id}`, `'${id}' is no status`);
    (terms.triggers ?? []).forEach(({ status, cure }, i) => {
        for (const [name, to] of [
            ['status', status],
            ['cure.status', cure?.status],
        ] as const)
            if (to !== undefined && !known.has(to))
                findings.error('status', `triggers[${i}].${name}`, `'${to}' is no status`);
    });
}

function leadsTo(terms: Terms, status: string): boolean {
    const byTrigger = (terms.triggers ?? []).some(
        trigger => trigger.status === status || trigger.cure?.status === status,
    );
    return byTrigger || Array.from(allSteps(terms)).some(({ step }) => stepLeadsTo(step, status));
}

function stepLeadsTo(step: Step, status: string): boolean {
    if (step.do === 'change-status') return step.status === status;
    return 'shortfall' in step && step.shortfall?.status === status;
}

/** The same id may stand in several waterfalls or branches, as long as it does the same kind of thing. */
function checkStepIds(terms: Terms, findings: Findings): void {
    const kinds = new Map<string, Step['do']>();
    for (const { step, at } of allSteps(terms)) {
        const kind = kinds.get(step.id);
        if (kind !== undefined && kind !== step.do)
            findings.error('step', at, `'${step.id}' is a ${kind} step elsewhere`);
        kinds.set(step.id, step.do);
    }
    for (const [status, steps] of Object.entries(terms.waterfalls))
        checkRepeats(steps, `waterfalls.${status}`, new Set(), findings);
}

function checkRepeats(
    steps: readonly Step[],
    at: string,
    before: ReadonlySet<string>,
    findings: Findings,
): Set<string> {
    const seen = new Set(before);
    steps.forEach((step, i) => {
        if (seen.has(step.id)) findings.error('step', `${at}[${i}]`, `'${step.id}' has run already on this path`);
        seen.add(step.id);
        if (step.do !== 'if') return;
        const then = checkRepeats(step.then, `${at}[${i}].then`, seen, findings);
        const otherwise = checkRepeats(step.else ?? [], `${at}[${i}].else`, seen, findings);
        for (const id of [...then, ...otherwise]) seen.add(id);
    });
    return seen;
}

function checkPaid(terms: Terms, findings: Findings): void {
    const steps = Array.from(allSteps(terms), ({ step }) => step);
    const named = (ids: readonly string[]) => ids.flatMap(id => terms.groups?.[id] ?? [id]);
    const interest = new Set(steps.flatMap(step => (step.do === 'pay-interest' ? named(step.tranches) : [])));
    const principal = new Set(steps.flatMap(step => (step.do === 'pay-principal' ? named(step.tranches) : [])));
    terms.tranches.forEach(({ id, coupon, balance }, i) => {
        if (coupon && !interest.has(id))
            findings.error('unpaid', `tranches[${i}]`, `no step pays the interest of '${id}'`);
        if (balance > 0n && !principal.has(id))
            findings.error('unpaid', `tranches[${i}]`, `no step pays the principal of '${id}'`);
    });
    (terms.fees ?? []).forEach(({ id, cap, unpaid }, i) => {
        const paid = steps.filter(step => step.do === 'pay-fee' && step.fee === id);
        if (paid.length === 0) findings.error('unpaid', `fees[${i}]`, `no step pays '${id}'`);
        if (cap && unpaid !== 'lost' && !paid.some(step => step.do === 'pay-fee' && step.beyondCap))
            findings.warn('unpaid', `fees[${i}]`, `no step pays what exceeds the cap of '${id}'`);
    });
    (terms.hedges ?? []).forEach(({ id }, i) => {
        if (!steps.some(step => step.do === 'settle-hedge' && step.hedge === id))
            findings.error('unpaid', `hedges[${i}]`, `no step settles '${id}'`);
    });
}

function checkTriggers(terms: Terms, findings: Findings): void {
    const tested = new Set(Array.from(allSteps(terms), ({ step }) => (step.do === 'test' ? step.trigger : '')));
    (terms.triggers ?? []).forEach(({ id, tested: when, status, cure, notify }, i) => {
        const at = `triggers[${i}]`;
        if (when === 'step' && !tested.has(id)) findings.error('trigger', at, `no step tests '${id}'`);
        if (when !== 'step' && tested.has(id))
            findings.error('trigger', at, `a step tests '${id}', so say \`"tested": "step"\``);
        if (status !== undefined && cure && cure.status === undefined)
            findings.warn('trigger', at, `cured, '${id}' leaves the deal in '${status}'`);
        if (status === undefined && (notify ?? []).length === 0 && !isRead(terms, `${id}.tripped`))
            findings.warn('trigger', at, `'${id}' changes nothing and tells nobody`);
    });
}

/** Formulas are searched as text: good enough for a warning. */
function isRead(terms: Terms, name: string): boolean {
    return formulasOf(terms).some(formula => formula.includes(name));
}

function formulasOf(terms: Terms): string[] {
    const texts: string[] = [];
    const visit = (value: unknown) => {
        if (typeof value === 'string') texts.push(value);
        else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
    };
    visit([
        terms.values,
        terms.waterfalls,
        terms.accounts,
        terms.fees,
        terms.certificate,
        terms.tranches,
        terms.triggers,
        terms.call,
    ]);
    return texts.sort(byCodePoint);
}
