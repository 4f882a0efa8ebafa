import { join, resolve } from 'node:path';

import { openNetwork, readConsortium } from '@poolproof/network';

import { gather } from '../setting/cast';
import { filed, loadLoans, loadMonths, sample } from '../setting/pool';
import { Narrator } from './narrator';
import { tellDoublePledge } from './double-pledge';
import { tellFounding } from './founding';
import { tellIssue } from './issue';
import { tellMonths } from './months';
import { tellPool } from './pool';
import { tellPrivacy } from './privacy';
import { tellSummary } from './summary';

import type { Story } from './story';

const root = resolve(__dirname, '../../..');

/** `npm start`: the life of a deal on a network of five institutions in this process. */
async function main(): Promise<void> {
    // A reader that has seen enough (npm start | head) is no fault.
    process.stdout.once('error', () => process.exit());
    const coloured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
    const tell = new Narrator(line => void process.stdout.write(`${line}\n`), coloured);
    const files = filed ?? sample;
    tell.title('Poolproof: the life of an asset-backed-securities deal');
    tell.say(`Loans: ${files.title}.`);
    const network = await tell.step('An embedded Fabric network starts', async () => {
        const opened = await openNetwork('embedded', readConsortium(join(root, 'network/consortium.json')));
        const peers = opened.peers().length;
        tell.say(`${peers} peers, one an institution, each with its own ledger and chaincode, all in this process.`);
        tell.say(
            'Signatures, endorsement policies, private collections and validation are those of Hyperledger Fabric.',
        );
        return opened;
    });
    const cast = await gather(network);
    try {
        const loans = await loadLoans(files);
        const months = [...(await loadMonths(files, '2017-11'))].sort(([a], [b]) => (a < b ? -1 : 1));
        const dealId = files.synthetic ? 'synthetic-2017-1' : 'aart-2017-3-subset';
        const story: Story = { tell, cast, dealId, files, loans, months };
        for (const chapter of [
            tellFounding,
            tellPool,
            tellIssue,
            tellMonths,
            tellPrivacy,
            tellDoublePledge,
            tellSummary,
        ])
            await chapter(story);
    } finally {
        cast.leave();
        await network.close();
    }
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
