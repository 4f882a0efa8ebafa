import { compileBook, compileWriteDown } from './book-steps';
import { compileChangeStatus, compileIf, compileSet, compileTest } from './decide-steps';
import { unlessUnresolved } from './entities';
import { compileDraw, compileFund, compileTransfer } from './move-steps';
import { compilePay, compilePayFee, compilePayInterest, compilePayPrincipal, compileSettleHedge } from './pay-steps';

import type { Step } from '../terms/terms';
import type { StepContext, StepProgram } from './step-context';

/** A list of steps as one program, run in order. */
export function compileSteps(context: StepContext, steps: readonly Step[], at: string): StepProgram {
    const programs = steps.flatMap(
        (step, i) => unlessUnresolved(() => compileStep(context, step, `${at}[${i}]`)) ?? [],
    );
    return run => {
        for (const program of programs) program(run);
    };
}

function compileStep(context: StepContext, step: Step, at: string): StepProgram {
    switch (step.do) {
        case 'book':
            return compileBook(context, step, at);
        case 'change-status':
            return compileChangeStatus(context, step, at);
        case 'draw':
            return compileDraw(context, step, at);
        case 'fund':
            return compileFund(context, step, at);
        case 'if':
            return compileIf(context, step, at);
        case 'pay':
            return compilePay(context, step, at);
        case 'pay-fee':
            return compilePayFee(context, step, at);
        case 'pay-interest':
            return compilePayInterest(context, step, at);
        case 'pay-principal':
            return compilePayPrincipal(context, step, at);
        case 'set':
            return compileSet(context, step, at);
        case 'settle-hedge':
            return compileSettleHedge(context, step, at);
        case 'test':
            return compileTest(context, step, at);
        case 'transfer':
            return compileTransfer(context, step, at);
        case 'write-down':
        case 'reinstate':
            return compileWriteDown(context, step, at);
    }
}
