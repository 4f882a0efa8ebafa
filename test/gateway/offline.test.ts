import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { connect, OutcomeUnknown, readStep } from '@poolproof/gateway';
import { openNetwork, readConsortium } from '@poolproof/network';

import type { Connection, OfflineDesk } from '@poolproof/gateway';
import type { EmbeddedNetwork } from '@poolproof/network';

const joining = { id: 'regulator', name: 'Regulator', roles: ['regulator'] } as const;

describe('a request that is signed elsewhere', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-offline-'));
    const keyFile = join(folder, 'key.pem');
    let network: EmbeddedNetwork;
    let clerk: Connection;
    let officer: OfflineDesk;
    let certificatePem: string;

    const connectClerk = async () => {
        const identity = await network.identity('regulator', 'clerk');
        return connect({ identity, peers: network.peers('regulator') });
    };
    beforeAll(async () => {
        network = await openNetwork('embedded', readConsortium(resolve('network/consortium.json')));
        const attributes = { 'poolproof.role': 'regulator,admin' };
        const identity = await network.identity('regulator', 'officer', attributes);
        ({ certificatePem } = identity);
        writeFileSync(keyFile, identity.privateKeyPem);
        clerk = await connectClerk();
        officer = clerk.offline({ mspId: 'RegulatorMSP', certificatePem });
    });
    afterAll(async () => {
        clerk.close();
        await network.close();
        rmSync(folder, { recursive: true });
    });

    /** The vault: OpenSSL in a process of its own, which knows nothing but a digest and gives the high s as often as the low. */
    const sign = ({ digest }: { readonly digest: string }): Buffer => {
        const input = join(folder, 'digest');
        writeFileSync(input, Buffer.from(digest, 'hex'));
        return execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', keyFile, '-in', input]);
    };
    /** As it is carried to another process. */
    const carried = <T>(step: T): T => JSON.parse(JSON.stringify(step)) as T;

    it('is endorsed, ordered and committed with three signatures, each step in whatever process', async () => {
        const proposal = carried(
            await officer.prepare(desk => desk.institutions.join({ ...joining, requestId: 'join-1' })),
        );
        expect(proposal).toMatchObject({ transaction: 'institution:join', requestId: 'join-1', stage: 'proposal' });
        const transaction = carried(await officer.endorse(proposal, sign(proposal)));
        const elsewhere = await connectClerk();
        const there = elsewhere.offline({ mspId: 'RegulatorMSP', certificatePem });
        const commit = carried(await there.submit(transaction, sign(transaction)));
        elsewhere.close();
        const receipt = await officer.complete(commit, sign(commit));
        expect(receipt).toMatchObject({
            requestId: 'join-1',
            transactionId: proposal.transactionId,
            answer: { type: 'InstitutionJoined', id: 'regulator' },
        });
        expect(receipt.endorsedBy).toHaveLength(3);
        expect(await clerk.institutions.list()).toMatchObject([{ id: 'regulator' }]);
    });

    it('takes effect once, and its second copy gets the first answer', async () => {
        const act = async () => {
            const proposal = await officer.prepare(desk => desk.institutions.join({ ...joining, requestId: 'join-1' }));
            const transaction = await officer.endorse(proposal, sign(proposal));
            const commit = await officer.submit(transaction, sign(transaction));
            await officer.submit(transaction, sign(transaction));
            return officer.complete(commit);
        };
        expect((await act()).answer).toEqual((await act()).answer);
        expect(await clerk.institutions.list()).toHaveLength(1);
    });

    it('looks up what it must know with the key of the connection, and carries private input', async () => {
        const roles = ['depository', 'trustee'] as const;
        const trust = connect({
            identity: await network.identity('trust', 'desk', { 'poolproof.role': 'trustee,depository,admin' }),
            peers: network.peers('trust'),
        });
        await trust.institutions.join({ id: 'trust', name: 'Trust', roles });
        trust.close();
        const confirming = await officer.prepare(desk => desk.institutions.confirm({ id: 'trust', roles }));
        const confirmed = await officer.endorse(confirming, sign(confirming));
        await officer.complete(await officer.submit(confirmed, sign(confirmed)));
        const proposal = await officer.prepare(desk => desk.pledges.layKey());
        const transaction = await officer.endorse(proposal, sign(proposal));
        const { endorsedBy } = await officer.complete(await officer.submit(transaction, sign(transaction)));
        expect(endorsedBy).toEqual(['TrustMSP']);
    });

    it('may be a question, asked in the name of who signed it', async () => {
        const query = carried(await officer.prepareQuery(desk => desk.institutions.list()));
        expect(readStep(query)).toMatchObject({
            stage: 'query',
            signatory: { mspId: 'RegulatorMSP', certificatePem },
            asked: { transaction: 'institution:list' },
        });
        const elsewhere = await connectClerk();
        const there = elsewhere.offline({ mspId: 'RegulatorMSP', certificatePem });
        expect(await there.evaluate(query, sign(query))).toMatchObject([{ id: 'regulator' }, { id: 'trust' }]);
        elsewhere.close();

        const nobody = await officer.prepareQuery(desk => desk.deals.read('nobody'));
        await expect(officer.evaluate(nobody, sign(nobody))).rejects.toMatchObject({
            code: 'NOT_FOUND',
            transactionId: nobody.transactionId,
        });
        await expect(officer.evaluate(nobody, sign(query))).rejects.toMatchObject({ name: 'GatewayFailure' });
        await expect(officer.prepareQuery(desk => desk.institutions.join(joining))).rejects.toThrow('see prepare');
    });

    it('is checked before there is anything to sign', async () => {
        const malformed = officer.prepare(desk => desk.institutions.join({ ...joining, id: 'no spaces' }));
        await expect(malformed).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
        await expect(officer.prepare(desk => desk.institutions.list())).rejects.toThrow('submits nothing');
    });

    it('is refused by the contract with its code, and by the peers under a signature of something else', async () => {
        const proposal = await officer.prepare(desk => desk.institutions.join(joining));
        await expect(officer.endorse(proposal, sign(proposal))).rejects.toMatchObject({
            code: 'INSTITUTION_EXISTS',
            transactionId: proposal.transactionId,
        });
        const other = await officer.prepare(desk => desk.institutions.join(joining));
        await expect(officer.endorse(proposal, sign(other))).rejects.toMatchObject({ name: 'GatewayFailure' });
        await expect(officer.endorse(proposal, Buffer.from('not a signature'))).rejects.toThrow('in DER');
    });

    it('has no outcome before it is sent', async () => {
        const impatient = connect({
            identity: await network.identity('regulator', 'impatient'),
            peers: network.peers('regulator'),
            deadlines: { commit: 200 },
        });
        const desk = impatient.offline({ mspId: 'RegulatorMSP', certificatePem });
        const proposal = await desk.prepare(nouns => nouns.institutions.confirm({ id: 'trust', roles: ['trustee'] }));
        const transaction = await desk.endorse(proposal, sign(proposal));
        await network.laboratory.loseOrderers();
        await expect(desk.submit(transaction, sign(transaction))).rejects.toMatchObject({ name: 'OrderingFailure' });
        await network.laboratory.loseOrderers(false);
        await network.laboratory.cutBlocks('manual');
        const commit = await desk.submit(transaction, sign(transaction));
        await expect(desk.complete(commit, sign(commit))).rejects.toBeInstanceOf(OutcomeUnknown);
        await network.laboratory.cutBlocks('instant');
        expect((await desk.complete(commit, sign(commit))).transactionId).toBe(transaction.transactionId);
        impatient.close();
    });
});
