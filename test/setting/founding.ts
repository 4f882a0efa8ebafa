import { Refusal, cashOf } from '@poolproof/chaincode/domain';

import { members } from './cast';

import type { Cast } from './cast';
import type { Day, Institution, RefusalCode } from '@poolproof/chaincode/domain';
import type { Receipt } from '@poolproof/gateway';

/** The deposit in which everything is paid: what Bank B owes its depositors. */
export const cash = cashOf('USD', 'bank-b');

/** The institutions that hold notes or cash. */
export const holders = ['bank-a', 'bank-b', 'fund', 'trust'] as const;

/**
 * The institutions join, the regulator first, which then confirms the roles of the others; it also lays down the key of the pledge
 * registry. What an earlier story on the same network has done is left as it is.
 */
export async function found(
    cast: Cast,
    tell: (receipt: Receipt<Institution>) => void = () => undefined,
): Promise<void> {
    const { regulator } = cast;
    const joined = await regulator.institutions.list();
    for (const { id, name, roles } of members) {
        if (joined.some(institution => institution.id === id)) continue;
        tell(await cast.desk(id).institutions.join({ id, name, roles }));
        if (id !== 'regulator') await regulator.institutions.confirm({ id, roles });
    }
    await unless('REGISTRY_KEY_LAID', () => regulator.pledges.layKey());
}

/** The depository opens its settlement system, the deposit in which is paid, and a book for every holder. */
export async function openBooks({ trust }: Cast, day: Day): Promise<void> {
    await unless('DAY_PASSED', () => trust.holdings.openSystem({ day }));
    await unless('DEPOSIT_EXISTS', () => trust.holdings.openDeposit({ currency: 'USD', bank: 'bank-b' }));
    for (const institution of holders) {
        const categories = ['qualified-institutional'];
        await trust.holdings.file({ institution, clearedUntil: '2099-12-31' as Day, categories, suspended: false });
    }
}

async function unless(code: RefusalCode, act: () => Promise<unknown>): Promise<void> {
    try {
        await act();
    } catch (error) {
        if (!(error instanceof Refusal) || error.code !== code) throw error;
    }
}
