import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { refusals } from '@poolproof/chaincode/domain';

/** Where the table of refusals is printed for those who read. */
export const refusalFile = join(resolve(__dirname, '../../..'), 'gateway/REFUSALS.md');

/** The one table of refusals, as Markdown. */
export function printRefusals(): string {
    const rows = Object.entries(refusals).map(
        ([code, { sentence, remedy }]) => `| \`${code}\` | ${escaped(sentence)} | ${escaped(remedy)} |`,
    );
    return [
        '# Refusals',
        '',
        "What a contract, or the library before it sends anything, says when a rule says no. `Refused` has the code, the sentence's details",
        '(`{name}` below), the transaction and what to do. Printed by `npm run docs` from',
        '[`chaincode/src/domain/refusal.ts`](../chaincode/src/domain/refusal.ts).',
        '',
        '| code | sentence | what to do |',
        '| --- | --- | --- |',
        ...rows,
        '',
    ].join('\n');
}

function escaped(text: string): string {
    return text.replaceAll('|', '\\|');
}

if (require.main === module) writeFileSync(refusalFile, printRefusals());
