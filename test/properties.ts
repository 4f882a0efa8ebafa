import fc from 'fast-check';

import { seedOfRun } from './setting/random';

// A run of the tests is repeatable; a new seed is asked for, not met by chance.
fc.configureGlobal({ seed: seedOfRun() });

export { fc };
