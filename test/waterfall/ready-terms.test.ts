import { fc } from '../properties';

import { checkTerms, formatFindings } from '@poolproof/chaincode/domain';

import { liveThrough } from './invariants';
import { factsOf, happenings } from './random-months';
import { readyTerms, termsNamed } from './ready-terms';

describe.each(readyTerms)('the ready terms %s', name => {
    const terms = termsNamed(name);

    it('pass the check without a finding', () => {
        expect(formatFindings(checkTerms(terms))).toBe('');
    });

    it('run a full life whatever the pool does, every cent accounted for', () => {
        fc.assert(
            fc.property(happenings(36), months => {
                const facts = factsOf(terms, months);
                const runs = liveThrough(terms, facts);
                expect(runs.filter(({ steps }) => steps.length > 0)).toHaveLength(runs.length);
                expect(runs.length).toBeGreaterThan(0);
            }),
            { numRuns: 8 },
        );
    });
});
