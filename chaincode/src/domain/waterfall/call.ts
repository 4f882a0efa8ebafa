import { Refusal } from '../refusal';

import type { Call, Terms } from '../terms/terms';
import type { Program } from '../formula/compile';
import type { Run } from './frame';
import type { Vocabulary } from './vocabulary';

/** The clean-up call while a deal runs. */
export interface CallProgram {
    readonly terms: Call;
    readonly price: Program<bigint>;
    readonly when: Program<boolean>;
}

/** Undefined where the terms know no call. */
export function compileCall(vocabulary: Vocabulary, { call }: Terms): CallProgram | undefined {
    if (call === undefined) return undefined;
    return {
        terms: call,
        price: vocabulary.compile(call.price, 'money', 'call.price'),
        when: vocabulary.compile(call.when, 'boolean', 'call.when'),
    };
}

/** A price may be paid on the condition of the terms alone. @throws Refusal CALL_NOT_ALLOWED */
export function checkCall({ frame }: Run, call: CallProgram | undefined): void {
    if (call === undefined || call.price.run(frame) === 0n || call.when.run(frame)) return;
    throw new Refusal('CALL_NOT_ALLOWED', { when: call.terms.when });
}
