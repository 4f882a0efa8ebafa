import { writeFileSync } from 'node:fs';

import { sample } from './pool';
import { sampleTape } from './sample-tape';

/** What the sample in the repository was made with. A test makes it again and compares. */
export const sampleSeed = { seed: 2017, loans: 300, months: 7 };

/** Writes the sample anew: `node test/dist/setting/make-sample.js`. */
if (require.main === module) {
    const tape = sampleTape(sampleSeed.seed, sampleSeed.loans, sampleSeed.months);
    writeFileSync(sample.loans, tape.loans);
    writeFileSync(sample.months, tape.months);
}
