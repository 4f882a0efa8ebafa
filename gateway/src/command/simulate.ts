import { parseTerms, readSimulation, simulate } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { example } from './example';
import { InCurrency } from './money';
import { print } from './print';
import { readJsonFile } from '../json-file';

import type { DeskOptions } from './desk';

export function simulateCommand(): Command {
    return new Command('simulate')
        .description('run terms over an assumed pool, as the contract would: no network needed')
        .argument('<terms>', 'JSON file of the terms')
        .argument('<scenario>', 'JSON file: lines of the pool and assumptions')
        .addHelpText(
            'after',
            example(
                'poolproof simulate terms.json scenario.json',
                'scenario.json:\n  { "lines": [{ "balance": "500000000.00", "rate": "7%", "months": 60, "count": 20000 }],\n    "assumptions": { "prepayment": { "model": "ABS", "rates": ["1.3%"] }, "default": { "model": "CDR", "rates": ["1%"] },\n      "recovery": { "rates": ["40%"], "lag": 4 }, "chargeOffLag": 0, "delinquency": [["2%"]] } }',
                'Rates are a list: one a month, the last of them for all months after.',
            ),
        )
        .action((terms: string, scenario: string, _options: object, command: Command) => {
            const read = parseTerms(readJsonFile(terms));
            const { lines, scenario: assumed } = readSimulation(read, readJsonFile(scenario));
            const { periods } = simulate(read, lines, assumed);
            const rows = periods.map(({ run }, i) => ({
                period: i + 1,
                paid: run.paymentDate,
                ...Object.fromEntries(
                    Object.entries(run.distributions).map(([className, { interest, principal }]) => [
                        className,
                        interest + principal,
                    ]),
                ),
            }));
            print(new InCurrency(rows, read.currency), command.optsWithGlobals<DeskOptions>());
        });
}
