import { allSteps } from '../waterfall/every-step';

import type { Findings } from './check';
import type { Step, Terms } from './terms';

/** Accounts that may hold cash at a point of a waterfall, each with the place from which on it may. */
type Holding = ReadonlyMap<string, string>;

/**
 * Every cent needs a destination in every branch: an account without a target must be emptied on every path, by a step that takes
 * all there is; an account with a target may keep it, but some step must take cash out of it.
 */
export function checkDestinations(terms: Terms, findings: Findings): void {
    const first = terms.accounts[0]?.id ?? '';
    const keepers = new Set(terms.accounts.flatMap(({ id, target }) => (target === undefined ? [] : [id])));
    for (const [status, steps] of Object.entries(terms.waterfalls)) {
        const at = `waterfalls.${status}`;
        const start = new Map(terms.accounts.map(({ id }) => [id, at]));
        for (const [account, since] of after(steps, at, start, first))
            if (!keepers.has(account))
                findings.error('destination', since, `cash may be left in '${account}': no step takes all there is`);
    }
    const drawn = new Set(Array.from(allSteps(terms), ({ step }) => sourcesOf(step, first)).flat());
    terms.accounts.forEach(({ id }, i) => {
        if (keepers.has(id) && !drawn.has(id))
            findings.error('destination', `accounts[${i}]`, `nothing takes cash out of '${id}'`);
    });
}

function after(steps: readonly Step[], at: string, before: Holding, first: string): Holding {
    let holding = before;
    steps.forEach((step, i) => {
        const place = `${at}[${i}]`;
        if (step.do === 'if') {
            const then = after(step.then, `${place}.then`, holding, first);
            const otherwise = after(step.else ?? [], `${place}.else`, holding, first);
            holding = new Map([...otherwise, ...then]);
            return;
        }
        const next = new Map(holding);
        if (takesAll(step)) next.delete(step.from ?? first);
        const into = receiverOf(step, first);
        if (into !== undefined) next.set(into, place);
        holding = next;
    });
    return holding;
}

function takesAll(step: Step): step is Step & { readonly from?: string } {
    return (step.do === 'pay' || step.do === 'transfer') && step.amount === undefined && step.limit === undefined;
}

function receiverOf(step: Step, first: string): string | undefined {
    if (step.do === 'transfer') return step.to;
    if (step.do === 'fund') return step.account;
    return step.do === 'draw' ? (step.into ?? first) : undefined;
}

function sourcesOf(step: Step, first: string): readonly string[] {
    if (step.do === 'draw') return [step.account];
    if (!('support' in step || 'from' in step)) return [];
    return [step.from ?? first, ...(step.support ?? [])];
}
