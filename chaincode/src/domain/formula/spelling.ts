import { byCodePoint } from '../canonical';

/** `unknown name 'resreve.balance'; did you mean 'reserve.balance'?` */
export function unknown(name: string, known: Iterable<string>): string {
    const names = Array.from(known);
    const isSubtraction = name.includes('-') && names.includes(name.slice(0, name.lastIndexOf('-')));
    if (isSubtraction) return `unknown name '${name}' (a subtraction needs spaces around the minus)`;
    const near = nearest(name, names);
    return `unknown name '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`;
}

function nearest(name: string, names: readonly string[]): string | undefined {
    return names
        .map(candidate => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
        .filter(({ distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
        .sort((a, b) => a.distance - b.distance || byCodePoint(a.candidate, b.candidate))[0]?.candidate;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
            next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
        }
        row = next;
    }
    return row[b.length] ?? 0;
}
