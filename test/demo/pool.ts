import { formatAmount } from '@poolproof/chaincode/domain';

import { balanceOf } from '../setting/pool';
import { openDeal, sealTape } from '../setting/sealing';
import { named } from './story';

import type { Amount, Tape } from '@poolproof/chaincode/domain';
import type { Story } from './story';

/** Chapter 2: a pool of loans is recorded, pledged and sealed. */
export async function tellPool(story: Story): Promise<void> {
    const { tell, cast, dealId, loans } = story;
    await tell.step('Bank A structures a deal', async () => {
        const { endorsedBy } = await openDeal(cast, { dealId, loans });
        const { tranches } = await cast.fund.deals.terms(dealId);
        tell.signed(`terms of ${dealId} recorded`, named(endorsedBy));
        tell.table(
            [{ heading: 'class' }, { heading: 'balance', align: 'right' }, { heading: 'coupon', align: 'right' }],
            tranches.map(({ id, balance, coupon }) => [id, formatAmount(balance), percent(coupon?.fixed)]),
        );
        tell.say(`Classes sized by us for these loans, ${formatAmount(balanceOf(loans) as Amount)} dollars in all;`);
        tell.say('coupons as filed for the classes of like rank of Ally Auto Receivables Trust 2017-3.');
    });
    await tell.step(`Bank A records the tape: ${loans.length.toLocaleString('en-US')} loans`, () => tellTape(story));
    await tell.step('The trust company pledges every loan and seals the tape', async () => {
        const { endorsedBy } = await sealTape(cast, dealId);
        tell.signed('no loan backs another deal; pool recomputed from the loans; sealed', named(endorsedBy));
        tellFigures(story, await cast.fund.tapes.read(dealId));
    });
}

async function tellTape({ tell, cast, dealId, loans }: Story): Promise<void> {
    const chunks = await cast.bankA.tapes.recordAll(dealId, loans, ({ number, loans: rows, bytes, receipt }) =>
        tell.signed(
            `chunk ${number}: ${rows} loans, ${Math.round(bytes / 1024)} KB, private`,
            named(receipt.endorsedBy),
        ),
    );
    const { answer, endorsedBy } = await cast.bankA.tapes.submit({ dealId, chunks });
    tell.signed('tape submitted', named(endorsedBy));
    tell.say(`Merkle root of all loans, public: ${answer.root}`);
}

function tellFigures({ tell }: Story, { pool }: Tape): void {
    if (!pool) throw new Error('a sealed tape has figures');
    const averages: Readonly<Record<string, string>> = pool.averages;
    tell.say('What the public sees of the pool (weighted by balance):');
    tell.table(
        [{ heading: 'loans', align: 'right' }, { heading: 'balance', align: 'right' }, ...averageHeadings],
        [
            [
                pool.count.toLocaleString('en-US'),
                formatAmount(pool.balance as Amount),
                ...averageFields.map(({ field, shown }) => shown(averages[field] ?? '')),
            ],
        ],
    );
}

const averageFields = [
    { field: 'reportingPeriodInterestRatePercentage', heading: 'interest rate', shown: asPercent },
    { field: 'remainingTermToMaturityNumber', heading: 'months left', shown: oneDecimal },
    { field: 'obligorCreditScore', heading: 'credit score', shown: oneDecimal },
];
const averageHeadings = averageFields.map(({ heading }) => ({ heading, align: 'right' as const }));

function asPercent(text: string): string {
    return `${(Number(text) * 100).toFixed(2)} %`;
}

function oneDecimal(text: string): string {
    return Number(text).toFixed(1);
}

function percent(rate: { readonly n: bigint; readonly d: bigint } | undefined): string {
    return rate ? `${((Number(rate.n) / Number(rate.d)) * 100).toFixed(2)} %` : '';
}
