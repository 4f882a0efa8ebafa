import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { formatAmount } from '@poolproof/chaincode/domain';

import type { Amount } from '@poolproof/chaincode/domain';

/** A terms document, as far as it is written here. */
export interface TermsDocument {
    readonly [field: string]: unknown;
    readonly parties: Readonly<Record<string, string>>;
    readonly tranches: readonly { readonly id: string; readonly balance: string; readonly coupon: object }[];
}

/**
 * The classes: part of the pool in thousandths, and the coupon that Ally Auto Receivables Trust 2017-3 pays on the class that
 * ranks alike. The sizes are ours: the loans at hand are about a twentieth of that trust's pool.
 */
const classes = [
    { id: 'A-1', thousandths: 180n, fixed: '1.10%' },
    { id: 'A-2', thousandths: 680n, fixed: '1.53%' },
    { id: 'B', thousandths: 60n, fixed: '2.24%' },
    { id: 'C', thousandths: 40n, fixed: '2.37%' },
] as const;

const step = 1_000_000n;

/** When a deal is cut off, closed, first paid and at the latest over. */
export interface DealDates {
    readonly cutoff: string;
    readonly closing: string;
    readonly firstPayment: string;
    readonly legalFinal: string;
}

/** Dates of a deal on the loans of May 2017: their collections of June are paid in July. */
export const datesOf2017: DealDates = {
    cutoff: '2017-05-31',
    closing: '2017-06-20',
    firstPayment: '2017-07-15',
    legalFinal: '2024-07-15',
};

/** Terms of an auto-loan deal (chaincode/terms/auto-loan.json) sized for a pool of this balance, in cents. */
export function termsFor(name: string, poolBalance: bigint, dates: DealDates = datesOf2017): TermsDocument {
    const template = readTemplate();
    const reserve = dollars(rounded(poolBalance / 200n));
    return {
        ...template,
        name,
        dates,
        pool: { balance: dollars(poolBalance) },
        accounts: [
            { id: 'collection' },
            { id: 'reserve', opening: reserve, target: `min(${reserve} USD, notes.balance)` },
        ],
        tranches: template.tranches.map(tranche => {
            const sized = classes.find(({ id }) => id === tranche.id) ?? classes[3];
            const balance = dollars(rounded((poolBalance * sized.thousandths) / 1000n));
            return { ...tranche, balance, coupon: { ...tranche.coupon, fixed: sized.fixed } };
        }),
    };
}

function readTemplate(): TermsDocument {
    const folder = dirname(require.resolve('@poolproof/chaincode/package.json'));
    const { $schema: _editorHint, ...template } = JSON.parse(
        readFileSync(join(folder, 'terms/auto-loan.json'), 'utf8'),
    ) as TermsDocument;
    return template;
}

/** Down to whole ten thousands of dollars. */
function rounded(cents: bigint): bigint {
    return cents - (cents % step);
}

function dollars(cents: bigint): string {
    return formatAmount(cents as Amount, 'USD', false);
}
