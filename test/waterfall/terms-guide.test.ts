import { readFileSync } from 'node:fs';

import { formulaFunctions, openingState, parseTerms, runPeriod } from '@poolproof/chaincode/domain';

import { aDeal, quietMonth } from './deal-builder';
import { readyTerms } from './ready-terms';

const guide = readFileSync(require.resolve('@poolproof/chaincode/terms/README.md'), 'utf8');

describe('the guide to terms', () => {
    it('lists every ready document', () => {
        const listed = Array.from(guide.matchAll(/^\| `([\w-]+)\.json` \|/gm), match => match[1]);
        expect(listed).toEqual(readyTerms);
    });

    it('lists every function of the language, with its form and meaning', () => {
        const listed = Array.from(guide.matchAll(/^\| `(\w+\(.*?\))` \| (.*?) \|$/gm), ([, form, meaning]) => [
            form,
            meaning,
        ]);
        expect(listed).toEqual(Object.values(formulaFunctions).map(({ form, meaning }) => [form, meaning]));
    });

    it('names nothing that formulas cannot read', () => {
        const tranche = Array.from(guide.matchAll(/`(A\.\w+)`/g), match => match[1] ?? '');
        const dates = (/\| the dates \| (.*) \|/.exec(guide)?.[1] ?? '').replaceAll('`', '').split(', ');
        const own = (kind: string, id: string) =>
            Array.from(
                (new RegExp(`\\| ${kind} \\| (.*) \\|`).exec(guide)?.[1] ?? '').matchAll(/`(\.\w+)`/g),
                match => `${id}${match[1]}`,
            );
        const names = [
            ...tranche,
            ...dates,
            ...own('an account', 'collection'),
            ...own('a fee', 'audit'),
            ...own('a ledger', 'losses'),
        ];
        expect(names.length).toBeGreaterThan(30);
        const terms = parseTerms(
            aDeal({
                fees: [{ id: 'audit', to: 'trustee', amount: '1.00 USD', cap: { amount: '9.00 USD', per: 'year' } }],
                ledgers: [{ id: 'losses' }],
                values: names.map((formula, i) => ({ id: `v${i}`, formula })),
            }),
        );
        expect(Object.keys(runPeriod(terms, openingState(terms), quietMonth()).results)).toHaveLength(names.length);
    });
});
