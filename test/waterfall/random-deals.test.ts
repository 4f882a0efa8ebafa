import { fc } from '../properties';

import { canonical, openingState, parseTerms, readState, runPeriod } from '@poolproof/chaincode/domain';

import { liveThrough } from './invariants';
import { randomDeals, shuffled } from './random-deals';
import { factsOf, happenings } from './random-months';

import type { DealState, WaterfallRun } from '@poolproof/chaincode/domain';
import type { RandomDeal } from './random-deals';

const lives = fc.record({ deal: randomDeals, months: happenings(12) });

/** Nobody is paid interest while a senior class is short of its own, and no principal reaches a junior class before a senior one. */
function expectSeniority({ ranks }: RandomDeal, run: WaterfallRun, split: string): void {
    const of = (ids: readonly string[], figure: 'interest' | 'principal' | 'interestShortfall' | 'balanceEnding') =>
        ids.reduce((total, id) => total + (run.distributions[id]?.[figure] ?? 0n), 0n);
    const breaches = ranks.filter((senior, i) => {
        const junior = ranks.slice(i + 1).flat();
        const isInterestTaken = of(senior, 'interestShortfall') > 0n && of(junior, 'interest') > 0n;
        const isPrincipalTaken = of(senior, 'balanceEnding') > 0n && of(junior, 'principal') > 0n;
        return isInterestTaken || (split === 'rank' && isPrincipalTaken);
    });
    expect(breaches).toEqual([]);
}

/** How the deal's regular principal is split. */
function splitOf({ document }: RandomDeal): string {
    const { paying } = document['waterfalls'] as { paying: { id: string; split?: string }[] };
    return paying.find(({ id }) => id === 'principal')?.split ?? '';
}

describe('random deals through random months', () => {
    it('conserve cash, never go negative, pay seniors first and survive the ledger', () => {
        fc.assert(
            fc.property(lives, ({ deal, months }) => {
                const terms = parseTerms(deal.document);
                for (const run of liveThrough(terms, factsOf(terms, months))) expectSeniority(deal, run, splitOf(deal));
            }),
            { numRuns: 120 },
        );
    });

    it('pay the same in whatever order equals are named', () => {
        fc.assert(
            fc.property(lives, ({ deal, months }) => {
                const [one, other] = [deal.document, shuffled(deal.document)].map(document => {
                    const terms = parseTerms(document);
                    return liveThrough(terms, factsOf(terms, months)).map(({ state, distributions }) =>
                        canonical({ state, distributions }),
                    );
                });
                expect(other).toEqual(one);
            }),
            { numRuns: 60 },
        );
    });

    it('come to the same whether run in one go or stored and read back after every month', () => {
        fc.assert(
            fc.property(lives, ({ deal, months }) => {
                const atOnce = parseTerms(deal.document);
                const facts = factsOf(atOnce, months);
                const last = facts.reduce(
                    (state, month) => runPeriod(atOnce, state, month).state,
                    openingState(atOnce),
                );
                const stored = facts.reduce(
                    (text, month) => {
                        const terms = parseTerms(JSON.parse(JSON.stringify(deal.document)));
                        const state: DealState = readState(JSON.parse(text), 'state');
                        return canonical(runPeriod(terms, state, month).state);
                    },
                    canonical(openingState(atOnce)),
                );
                expect(stored).toBe(canonical(last));
            }),
            { numRuns: 60 },
        );
    });
});
