import { found, holders, openBooks } from '../setting/founding';
import { named, nameOf } from './story';

import type { Day } from '@poolproof/chaincode/domain';
import type { Story } from './story';

/** Chapter 1: who takes part. */
export async function tellFounding({ tell, cast }: Story): Promise<void> {
    await tell.step('Five institutions join the consortium', async () => {
        const signers = new Map<string, readonly string[]>();
        await found(cast, ({ answer, endorsedBy }) => signers.set(answer.id, endorsedBy));
        const joined = await cast.fund.institutions.list();
        tell.table(
            [
                { heading: 'institution' },
                { heading: 'roles, confirmed by the regulator' },
                { heading: 'its entry signed by' },
            ],
            joined.map(({ id, name, roles }) => [name, roles.join(', '), named(signers.get(id) ?? []).join(', ')]),
        );
    });
    await tell.step('The trust company opens its books of holdings and cash', async () => {
        await openBooks(cast, '2017-06-19' as Day);
        tell.say(`Books for ${holders.map(nameOf).join(', ')}; payments in dollars on deposit with Bank B.`);
        tell.say('Each book is seen by its holder, the depository and the regulator, and lies on their peers only.');
    });
}
