import { formatAmount } from '@poolproof/chaincode/domain';

import { cash } from '../setting/founding';
import { members } from '../setting/cast';

import type { Amount } from '@poolproof/chaincode/domain';
import type { Story } from './story';

/** What happened, whether it adds up, and where to look next. */
export async function tellSummary({ tell, cast, dealId, files }: Story): Promise<void> {
    await tell.step('The regulator adds up all books', async () => {
        const books = await Promise.all(
            members.filter(({ id }) => id !== 'regulator').map(({ id }) => cast.regulator.holdings.book(id)),
        );
        const held = (asset: string) =>
            books
                .flatMap(book => book.holdings)
                .filter(holding => holding.asset === asset)
                .reduce<bigint>((sum, { free, pledged }) => sum + free + pledged, 0n) as Amount;
        const [deposit] = (await cast.regulator.holdings.deposits()).filter(({ asset }) => asset === cash);
        const classes = await cast.regulator.tranches.list(dealId);
        const assets = [
            ...classes.map(({ asset, className, outstanding }) => ({ asset, name: `class ${className}`, outstanding })),
            { asset: cash, name: 'deposits with Bank B', outstanding: deposit?.outstanding ?? 0n },
        ];
        tell.table(
            [
                { heading: 'asset' },
                { heading: 'in all private books', align: 'right' },
                { heading: 'issued, public', align: 'right' },
                { heading: '' },
            ],
            assets.map(({ asset, name, outstanding }) => [
                name,
                formatAmount(held(asset)),
                formatAmount(outstanding as Amount),
                held(asset) === outstanding ? 'equal' : 'DIFFERENT',
            ]),
        );
    });
    const peak = Math.round(process.resourceUsage().maxRSS / 1024);
    tell.title(`Done in ${tell.elapsed}, with ${peak} MB of memory at most. Nothing is left behind.`);
    if (files.synthetic) tell.say('This ran on made-up loans. With real filings in ../shared/data it runs on those.');
    tell.say('Where to look next:');
    tell.table(
        [{ heading: 'what' }, { heading: 'where' }],
        [
            ['the terms of the deal, as data', 'chaincode/terms/auto-loan.json'],
            ['the rules the contract applies', 'chaincode/src/domain'],
            ['what ran here, step by step', 'test/demo, test/setting'],
            ['the same calls from your own program', 'gateway/README.md'],
            ['the institutions: change them, run again', 'network/consortium.json'],
        ],
    );
}
