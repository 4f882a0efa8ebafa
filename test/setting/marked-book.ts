import { collected } from './collected';
import { numberMarker } from './marked';

import type { Amount, Asset, Day } from '@poolproof/chaincode/domain';
import type { Cast, MemberId } from './cast';
import type { Marker } from './leak-scanner';

const overseers = ['trust', 'regulator'] as const;

/** What both sides of a trade may know. */
export const ofBoth: readonly MemberId[] = ['bank-b', 'fund', ...overseers];

/** What stands in the fund's book alone. */
const ofFund: readonly MemberId[] = ['fund', ...overseers];

/** The fund first orders at a limit, and then without one. */
export async function markOrder(cast: Cast, dealId: string): Promise<Marker[]> {
    const [tranche] = await cast.fund.tranches.list(dealId);
    if (!tranche) throw new Error('classes are authorised');
    const { className, minimum: face } = tranche;
    await cast.fund.tranches.order({ dealId, className, face, minimum: 731_907n as Amount, limit: '107.3190753%' });
    return [
        { name: 'order.limit', texts: ['107.3190753%'], members: ofFund },
        { name: 'order.minimum', ...numberMarker(731_907), members: ofFund },
    ];
}

/** The depository files of the fund what it files of nobody else; from now on it is paid outside. */
export async function markStanding(cast: Cast): Promise<Marker[]> {
    const categories = ['qualified-institutional', 'Zq7xcategory01'];
    const clearedUntil = '2097-03-19' as Day;
    const standing = { institution: 'fund', clearedUntil, categories, suspended: false, paidOutside: true };
    await cast.trust.holdings.file(standing);
    return [
        { name: 'standing.categories', texts: ['Zq7xcategory01'], members: ofFund },
        { name: 'standing.clearedUntil', texts: [clearedUntil], members: ofFund },
    ];
}

/** What the fund is paid for a month is sent outside, comes back, and is released. */
export async function markPayment(cast: Cast, dealId: string, period: number): Promise<Marker[]> {
    const which = { dealId, period, holder: 'fund' };
    await cast.trust.settlements.send({ ...which, paymentReference: 'Zq7xwire01' });
    await cast.trust.settlements.takeBack({ ...which, reason: 'Zq7xreason01' });
    await cast.trust.settlements.release(which);
    const totals: Marker[] = [];
    for (const holder of ['bank-b', 'fund'] as const)
        for (const notice of await collected(cast.regulator.holdings.notices(holder)))
            totals.push({
                name: `notice.total of ${holder}`,
                ...numberMarker(Number(notice.total)),
                members: [holder, ...overseers],
            });
    return [
        { name: 'notice.paymentReference', texts: ['Zq7xwire01'], members: ofFund },
        { name: 'notice.reason', texts: ['Zq7xreason01'], members: ofFund },
        ...totals,
    ];
}

/** The fund pledges notes to bank B, sells it others for cash paid outside, and withdraws a third offer. */
export async function markTrades(cast: Cast, asset: Asset, piece: Amount, day: Day): Promise<Marker[]> {
    const common = { asset, quantity: piece, settlementDay: day, expiryDay: day } as const;
    const outside = { means: 'outside', currency: 'USD', amount: 7_319_077n as Amount } as const;
    const pledge = {
        ...common,
        reference: 'Zq7xpledge01',
        kind: 'pledge',
        enforceableFrom: '2093-07-19' as Day,
    } as const;
    const sale = { ...common, reference: 'Zq7xsale01', kind: 'transfer', payment: outside } as const;
    for (const said of [pledge, sale]) {
        await cast.fund.settlements.instruct({ ...said, side: 'deliver', counterparty: 'bank-b' });
        await cast.bankB.settlements.instruct({ ...said, side: 'receive', counterparty: 'fund' });
    }
    await cast.fund.settlements.confirmPayment({ reference: sale.reference, paymentReference: 'Zq7xwire02' });
    const pairs = [pledge, sale].map(({ reference }) => ({ reference, deliverer: 'fund', receiver: 'bank-b' }));
    await cast.trust.settlements.settle({ pairs });
    const offer = { ...sale, reference: 'Zq7xoffer01', side: 'deliver', counterparty: 'bank-a' } as const;
    await cast.fund.settlements.instruct(offer);
    await cast.fund.settlements.cancel(offer);
    return [
        { name: 'pledge.reference', texts: [pledge.reference], members: ofBoth },
        { name: 'pledge.enforceableFrom', texts: [pledge.enforceableFrom], members: ofBoth },
        { name: 'sale.reference', texts: [sale.reference], members: ofBoth },
        { name: 'sale.amount', ...numberMarker(7_319_077), members: ofBoth },
        { name: 'sale.paymentReference', texts: ['Zq7xwire02'], members: ofFund },
        { name: 'offer.reference', texts: [offer.reference], members: ofFund },
    ];
}

/** What an institution holds, where the number is long enough to be told from others. */
export async function markHoldings(cast: Cast, holder: MemberId): Promise<Marker[]> {
    const { holdings } = await cast.desk(holder).holdings.book();
    return holdings
        .filter(({ free }) => free > 1_000_000n)
        .map(({ asset, free }) => ({
            name: `holding of ${asset} by ${holder}`,
            texts: [String(free)],
            members: [holder, ...overseers],
        }));
}
