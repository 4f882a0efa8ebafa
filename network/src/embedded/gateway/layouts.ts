import type { Layout, Principal } from '../ledger';

/**
 * Ways to satisfy all policies at once, none of which contains another. Each policy comes as the ways to satisfy it.
 * A peer of an institution is also a member of it: one signature serves both.
 */
export function mergeLayouts(policies: readonly (readonly Layout[])[]): readonly Layout[] {
    const merged = policies.reduce<readonly Layout[]>(
        (ways, policy) => ways.flatMap(way => policy.map(other => united(way, other))),
        [[]],
    );
    return merged.filter(
        (way, index) =>
            !merged.some((other, at) => at !== index && contains(way, other) && (!contains(other, way) || at < index)),
    );
}

/** Every signatory of both, those whom one signature can serve counted once. */
function united(left: Layout, right: Layout): Layout {
    const result = [...left];
    const free = new Set(left.keys());
    for (const principal of right) {
        const at = [...free].find(index => isA(left[index]!, principal) || isA(principal, left[index]!));
        if (at === undefined) {
            result.push(principal);
            continue;
        }
        free.delete(at);
        if (!isA(left[at]!, principal)) result[at] = principal;
    }
    return result;
}

/** Whether whoever signs for the first way has also signed for the second. */
function contains(way: Layout, other: Layout): boolean {
    const free = [...way];
    return other.every(principal => {
        const at = free.findIndex(candidate => isA(candidate, principal));
        if (at >= 0) free.splice(at, 1);
        return at >= 0;
    });
}

function isA(principal: Principal, other: Principal): boolean {
    return principal.mspId === other.mspId && (other.role === 'member' || principal.role === other.role);
}
