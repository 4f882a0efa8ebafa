import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { connect } from '@poolproof/gateway';

import { ScriptedPeer } from './scripted-peer';

import type { Connection } from '@poolproof/gateway';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const identity = {
    mspId: 'BankAMSP',
    certificatePem: 'not looked at by a scripted peer',
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
const sources = (folder: string) =>
    readdirSync(resolve(folder), { withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(({ name }) => readFileSync(resolve(folder, name), 'utf8'));

describe('the typed calls', () => {
    it('are all transactions and queries of the contracts', () => {
        const offered = sources('chaincode/src/contracts').flatMap(text => {
            const [, noun = ''] = /super\('(\w+)'\)/.exec(text) ?? [];
            return [...text.matchAll(/@Returns\('string'\)\s+async (\w+)\(/g)].map(
                ([, name = '']) => `${noun}:${name}`,
            );
        });
        const library = sources('gateway/src').join('\n');
        expect(offered.length).toBeGreaterThan(50);
        expect(offered.filter(call => !library.includes(`'${call}'`))).toEqual([]);
    });

    describe('that only ask', () => {
        let peer: ScriptedPeer;
        let bank: Connection;

        beforeAll(async () => {
            peer = new ScriptedPeer();
            await peer.start();
            bank = connect({ identity, peers: [peer.address] });
        });
        afterAll(() => {
            bank.close();
            peer.stop();
        });

        const malformed: [string, () => Promise<unknown>][] = [
            ['the id of a deal', () => bank.deals.read('no spaces')],
            ['the id of the deal of a tape', () => bank.tapes.read('')],
            ['the number of a chunk', () => bank.pledges.conflicts('auto-2026-1', -1)],
            ['a period', () => bank.reports.read('auto-2026-1', 0)],
            ['a period that is no number', () => bank.waterfalls.read('auto-2026-1', Number.NaN)],
            ['an institution', () => bank.holdings.book('../bank-b')],
        ];

        it.each(malformed)('are refused before anything is sent: %s', async (_, ask) => {
            await expect(ask()).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
            expect(peer.calls).toEqual([]);
        });
    });
});
