import {
    assetClassOf,
    canonical,
    formatAmount,
    reportFacts,
    runWaterfall,
    scheduledRuns,
} from '@poolproof/chaincode/domain';

import { payMonth, reportMonth } from '../setting/month';
import { named } from './story';

import type { Amount, Cell, DistributionRecord, ReportVersion } from '@poolproof/chaincode/domain';
import type { LoanMonth } from '@poolproof/gateway';
import type { Story } from './story';

/** The month that is reported wrong at first, and found out only when it has been paid. */
const misreported = 5;

/** Chapter 4: month by month, loans are reported and holders paid; one month is restated. */
export async function tellMonths(story: Story): Promise<void> {
    const { tell, months } = story;
    await tell.step(`${months.length} months of reports and distributions`, async () => {
        const row = tell.rows(monthColumns);
        const signed: Signers[] = [];
        for (const [i, [month, records]] of months.entries()) {
            const period = i + 1;
            if (period === misreported + 1) await restate(story);
            const reported = period === misreported ? withoutOnePayment(records) : records;
            const { cells, signers } = await liveMonth(story, period, month, reported);
            row(cells);
            signed.push(signers);
        }
        tell.signed('every report, recomputed from the loans', named(inAll(signed.map(({ report }) => report))));
        tell.signed('every run of the waterfall', [...named(inAll(signed.map(({ run }) => run))), 'any third']);
        tell.signed('every payment to holders', named(inAll(signed.map(({ payment }) => payment))));
    });
    await tellClasses(story);
    await tellRecomputation(story);
}

const monthColumns = [
    { heading: 'month', width: 7 },
    { heading: 'paid on', width: 10 },
    { heading: 'pool at end', width: 13, align: 'right' },
    { heading: 'principal', width: 12, align: 'right' },
    { heading: 'interest', width: 10, align: 'right' },
    { heading: 'charged off', width: 11, align: 'right' },
    { heading: 'to holders', width: 12, align: 'right' },
    { heading: 'exceptions', width: 10, align: 'right' },
] as const;

interface Signers {
    readonly report: readonly string[];
    readonly run: readonly string[];
    readonly payment: readonly string[];
}

async function liveMonth({ cast, dealId }: Story, period: number, month: string, records: readonly LoanMonth[]) {
    const { filed } = await reportMonth(cast, { dealId, period, months: records });
    const { ran, paid, distribution } = await payMonth(cast, dealId, period);
    const { facts, exceptions } = lastVersion((await cast.fund.reports.read(dealId, period)).versions);
    const signers: Signers = { report: filed.endorsedBy, run: ran.endorsedBy, payment: paid.endorsedBy };
    const cells = [
        month,
        distribution.paidOn ?? '',
        formatAmount(facts.poolBalanceEnding),
        formatAmount(facts.principalCollections),
        formatAmount(facts.interestCollections),
        formatAmount(facts.chargedOffPrincipal),
        formatAmount(toHolders(distribution)),
        String(Object.values(exceptions).reduce((sum, count) => sum + count, 0)),
    ];
    return { cells, signers };
}

/** Those who signed every time. */
function inAll(signatures: readonly (readonly string[])[]): string[] {
    return (signatures[0] ?? []).filter(signer => signatures.every(signers => signers.includes(signer)));
}

/** Bank A finds that it had missed a payment in a month already paid, and says so for good. */
async function restate({ tell, cast, dealId, months }: Story): Promise<void> {
    const [month, records] = months[misreported - 1] ?? ['', []];
    const reason = 'A payment booked to a wrong loan number was found.';
    const { filed } = await reportMonth(cast, { dealId, period: misreported, version: 2, months: records, reason });
    const { delta = {} } = lastVersion((await cast.fund.reports.read(dealId, misreported)).versions);
    tell.say();
    tell.signed(`${month} restated after it was paid: "${reason}"`, named(filed.endorsedBy));
    tell.table(
        [{ heading: 'figure restated' }, { heading: 'change', align: 'right' }],
        Object.entries(delta).map(([fact, change]) => [fact, formatAmount(change)]),
    );
    tell.say('Version 1 stays on record. What was paid stands; the next month makes the difference good.');
    tell.say();
}

/** The month as Bank A first saw it: one loan's payment is missing. */
function withoutOnePayment(records: readonly LoanMonth[]): LoanMonth[] {
    const { state, stateRoles } = assetClassOf('auto-loan');
    const at = (name: string) => state.fields.findIndex(field => field.name === name);
    const [principal, paid, end] = [at(stateRoles.principal), at(stateRoles.paid), at(stateRoles.endBalance)];
    const missed = records.findIndex(({ cells }) => Number(cells[principal]) > 0 && Number(cells[end]) > 0);
    return records.map((record, i) => {
        if (i !== missed) return record;
        const cells: Cell[] = [...record.cells];
        cells[end] = Number(cells[end]) + Number(cells[principal]);
        cells[principal] = 0;
        cells[paid] = 0;
        return { ...record, cells };
    });
}

async function tellClasses({ tell, cast, dealId }: Story): Promise<void> {
    const distributions = (await cast.fund.settlements.distributions(dealId)).filter(({ status }) => status === 'paid');
    await tell.step('Where the classes stand', async () => {
        const classes = await cast.fund.tranches.list(dealId);
        tell.table(
            [
                { heading: 'class' },
                { heading: 'original', align: 'right' },
                { heading: 'interest paid', align: 'right' },
                { heading: 'principal paid', align: 'right' },
                { heading: 'balance', align: 'right' },
                { heading: 'factor', align: 'right' },
            ],
            classes.map(({ className, original, balance, factor }) => {
                const paid = distributions.flatMap(each => each.classes).filter(each => each.className === className);
                const total = (name: 'interest' | 'principal') =>
                    formatAmount(paid.reduce<bigint>((sum, each) => sum + each[name], 0n) as Amount);
                return [
                    className,
                    formatAmount(original),
                    total('interest'),
                    total('principal'),
                    formatAmount(balance),
                    factor,
                ];
            }),
        );
    });
}

/** The investor runs the terms itself, on its own machine, and arrives at the same cents. */
async function tellRecomputation({ tell, cast, dealId, months }: Story): Promise<void> {
    await tell.step('The asset manager recomputes the last payment by itself', async () => {
        const { deals, reports, waterfalls } = cast.fund;
        const last = months.length;
        const terms = await deals.terms(dealId);
        const stated = (await reports.list(dealId)).slice(0, last).map(reportFacts);
        const [scheduled, report] = [scheduledRuns(dealId, terms)[last - 1], stated[last - 1]];
        if (!scheduled || !report) throw new Error('the last month has been reported');
        const previous = await waterfalls.read(dealId, last - 1);
        const facts = { terms, scheduled, previous, report, earlier: stated.slice(0, -1) };
        const declarations = await waterfalls.declarations(dealId);
        const onLedger = await waterfalls.read(dealId, last);
        const { by } = onLedger;
        const mine = runWaterfall({ ...facts, by, declarations, hasLater: false, isPaid: false });
        const same = canonical(mine) === canonical(onLedger);
        tell.say(
            `From the public terms and reports alone: ${mine.run?.steps.length ?? 0} steps, every cent ${same ? 'the same' : 'DIFFERENT'}.`,
        );
    });
}

function toHolders({ classes }: DistributionRecord): Amount {
    return classes.reduce<bigint>((sum, { interest, principal }) => sum + interest + principal, 0n) as Amount;
}

function lastVersion(versions: readonly ReportVersion[]): ReportVersion {
    const last = versions.at(-1);
    if (!last) throw new Error('nothing has been reported');
    return last;
}
