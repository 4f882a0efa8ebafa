import { createPrivateKey } from 'node:crypto';
import { resolve } from 'node:path';
import { Client, credentials } from '@grpc/grpc-js';
import { CommitError, connect, signers } from '@hyperledger/fabric-gateway';
import type { Contract } from '@hyperledger/fabric-gateway';
import { collectionsOf, openNetwork, readConsortium } from '@poolproof/network';
import type { Consortium, Network } from '@poolproof/network';
import { down } from '@poolproof/network/dist/docker/down';
import { up } from '@poolproof/network/dist/docker/up';
import { canonical } from '@poolproof/chaincode/domain';
import { connect as connectDesk } from '@poolproof/gateway';
import type { Day } from '@poolproof/chaincode/domain';
import type { Cast, MemberId } from '../setting/cast';
import { gather } from '../setting/cast';
import { found, openBooks } from '../setting/founding';
import { authorise, placeNotes, settleIssue } from '../setting/issuing';
import { balanceOf, loadLoans, sample } from '../setting/pool';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { openDayOf } from '../setting/month';

/** Its own network beside the one the stories run on: nobody should run altered chaincode there. */
const consortium: Consortium = { ...readConsortium(resolve('network/consortium.json')), name: 'altered' };
const folder = resolve('test/altered/chaincode');
const onDocker = process.env['POOLPROOF_NETWORK'] === 'docker';
const dealId = 'target';

describe('altered chaincode cannot change', () => {
    let network: Network;
    let cast: Cast;
    const closing: (() => unknown)[] = [];

    beforeAll(async () => {
        process.env['POOLPROOF_PORT'] = '27050';
        if (onDocker) closing.push(() => down(consortium, () => undefined));
        network = await openAltered();
        closing.push(() => network.close());
        cast = await gather(network);
        closing.push(() => cast.leave());
        await found(cast);
        await openBooks(cast, '2017-06-19' as Day);
        const loans = (await loadLoans(sample)).slice(0, 200);
        await openDeal(cast, { dealId, loans });
        await submitTape(cast, { dealId, loans });
        await sealTape(cast, dealId);
        await authorise(cast, dealId);
        await placeNotes(cast, dealId, { 'bank-b': 60n, fund: 40n });
        const day = await openDayOf(cast, '2017-06-20' as Day);
        await settleIssue(cast, dealId, balanceOf(loans) as never, day);
        await cast.trust.deals.close({ id: dealId });
    }, 180_000);

    afterAll(async () => {
        for (const close of closing.reverse()) await close();
    }, 60_000);

    test('a deal, where the originator and a second institution run it', async () => {
        const [key] = await keys('deal');
        await refused('bank-a', 'write', ['BankAMSP', 'FundMSP'], key!);
    });

    test('a deal, where every institution but its trustee runs it', async () => {
        const [key] = await keys('deal');
        await refused('bank-a', 'write', ['BankAMSP', 'BankBMSP', 'FundMSP', 'RegulatorMSP'], key!);
    });

    test("a period's run that is not due yet", async () => {
        const periods = await keys('run');
        expect(periods.length).toBeGreaterThan(12);
        await refused('bank-a', 'write', ['BankAMSP', 'BankBMSP', 'FundMSP'], periods[12]!);
    });

    test.each(['business-day', 'declarations', 'deposit', 'distribution', 'issue', 'tranche'])(
        'what the depository or the trustee alone signs for: a %s',
        async noun => {
            const [key] = await keys(noun);
            await refused('bank-a', 'write', ['BankAMSP', 'BankBMSP', 'FundMSP', 'RegulatorMSP'], key!);
        },
    );

    test('who must sign for a deal', async () => {
        const [key] = await keys('deal');
        await refused('bank-a', 'unprotect', ['BankAMSP', 'BankBMSP', 'FundMSP'], key!);
    });

    test("the asset manager's own book, on its own peer", async () => {
        const [key] = await privateKeys('fund', 'book_fund', 'holding');
        await refused('fund', 'writePrivate', ['FundMSP'], key!, 'book_fund');
    });

    test("the asset manager's book, with the regulator's help", async () => {
        const [key] = await privateKeys('fund', 'book_fund', 'holding');
        await refused('regulator', 'writePrivate', ['FundMSP', 'RegulatorMSP'], key!, 'book_fund');
    });

    test("a pledge, by erasing it on the regulator's peer", async () => {
        const [key] = await privateKeys('regulator', 'pledges', 'bucket');
        await refused('regulator', 'erasePrivate', ['RegulatorMSP'], key!, 'pledges');
    });

    test("a tape, on the originator's and the regulator's peers", async () => {
        const collection = 'tape_bank-a_trust';
        const [key] = await privateKeys('bank-a', collection, 'loan-summary');
        await refused('bank-a', 'writePrivate', ['BankAMSP', 'RegulatorMSP'], key!, collection);
    });

    test('anything together with the trust company, which does not sign what the agreed chaincode would not do', async () => {
        const [key] = await keys('deal');
        const proposed = (await contract('bank-a')).submit('forger:write', {
            transientData: { key: key!, value: 'forged' },
            endorsingOrganizations: ['BankAMSP', 'TrustMSP'],
        });
        await expect(proposed).rejects.toMatchObject({
            details: [expect.objectContaining({ message: expect.stringContaining('agreed chaincode') })],
        });
    });

    test('nothing but keys that nobody has laid down, which a majority may write', async () => {
        const endorsers = ['BankAMSP', 'BankBMSP', 'FundMSP'];
        const transientData = { key: 'new', value: 'by a majority' };
        const written = (await contract('bank-a')).submit('forger:write', {
            transientData,
            endorsingOrganizations: endorsers,
        });
        await expect(written).resolves.toBeDefined();
    });

    test('the status of a deal, by a record of a kind that its terms do not have', async () => {
        const trip = { day: '2017-07-01', trigger: 'none', happened: 'tripped', status: 'accelerated', notify: [] };
        const watch = { dealId, asOf: '2017-07-01', balance: '1', triggers: {}, trips: [trip] };
        await create('watch', dealId, watch);
        expect(await cast.trust.observations.read(dealId)).toBeNull();
    });

    test('what a trustee pledges for, by being the first to write the deal', async () => {
        const forged = { ...(await cast.trust.deals.read(dealId)), id: 'forged', status: 'submitted' };
        await create('deal', 'forged', forged);
        expect(await cast.trust.deals.read('forged')).toMatchObject({ id: 'forged', trustee: 'trust' });
        await expect(cast.trust.pledges.pledge({ dealId: 'forged', number: 0 })).rejects.toMatchObject({
            code: 'RECORD_FORGED',
        });
    });

    test('who the trustee of a deal is, by putting another on record as it', async () => {
        const known = (await cast.regulator.institutions.list()).find(({ id }) => id === 'bank-a');
        await create('member', 'BankAMSP', { ...known, id: 'trust', roles: ['trustee'] });
        const identity = await network.identity('bank-a', 'impostor', { 'poolproof.role': 'trustee' });
        const impostor = connectDesk({ identity, peers: network.peers('bank-a') });
        closing.push(() => impostor.close());
        const declared = { dealId, period: 1, status: 'accelerated', reason: 'none' };
        await expect(impostor.waterfalls.declare(declared)).rejects.toMatchObject({ code: 'PARTY_WRONG' });
        expect(await cast.trust.waterfalls.declarations(dealId)).toMatchObject({ declared: [] });
        await create('member', 'BankAMSP', known);
    });

    /** A majority writes a public record that is under nobody's policy but its own. */
    async function create(noun: string, id: string, record: unknown) {
        const forger = await contract('bank-a');
        await forger.submit('forger:write', {
            transientData: { key: ['', noun, id, ''].join('\0'), value: canonical(record) },
            endorsingOrganizations: ['BankAMSP', 'BankBMSP', 'FundMSP'],
        });
    }

    /** The forgery is endorsed, ordered, and then refused by every peer's validation; what it aimed at stands. */
    async function refused(client: MemberId, name: string, endorsers: string[], key: string, ...args: string[]) {
        const before = await standing();
        const forged = (await contract(client)).submit(`forger:${name}`, {
            arguments: args,
            transientData: { key, value: 'forged' },
            endorsingOrganizations: endorsers,
        });
        const error: unknown = await forged.then(
            () => undefined,
            (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(CommitError);
        expect((error as CommitError).code).toBe(endorsementPolicyFailure);
        expect(await standing()).toEqual(before);
    }

    async function standing() {
        return {
            days: await cast.trust.holdings.days(),
            deal: await cast.trust.deals.read(dealId),
            declarations: await cast.trust.waterfalls.declarations(dealId),
            deposits: await cast.trust.holdings.deposits(),
            distributions: await cast.trust.settlements.distributions(dealId),
            fund: await cast.fund.holdings.book(),
            tape: await cast.trust.tapes.read(dealId),
            tranches: await cast.trust.tranches.list(dealId),
        };
    }

    async function keys(noun: string): Promise<readonly string[]> {
        return listed(await (await contract('bank-a')).evaluate('forger:keys', { arguments: [noun] }));
    }

    async function privateKeys(client: MemberId, collection: string, noun: string): Promise<readonly string[]> {
        const options = { arguments: [collection, noun] };
        return listed(await (await contract(client)).evaluate('forger:privateKeys', options));
    }

    /** Past the client library, as a forger would. */
    async function contract(institution: MemberId): Promise<Contract> {
        const identity = await network.identity(institution, 'forger', { 'poolproof.role': 'admin' });
        const [peer] = network.peers(institution);
        const client = new Client(peer!.address, credentials.createSsl(Buffer.from(peer!.tlsRootPem)), {
            'grpc.ssl_target_name_override': peer!.tlsHostName,
        });
        closing.push(() => client.close());
        return connect({
            client,
            identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
            signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
        })
            .getNetwork(consortium.channel)
            .getContract(consortium.chaincode.name);
    }
});

const endorsementPolicyFailure = 10;

function listed(answer: Uint8Array): readonly string[] {
    return JSON.parse(Buffer.from(answer).toString()) as readonly string[];
}

async function openAltered(): Promise<Network> {
    if (onDocker) {
        await up(consortium, { folder }, () => undefined);
        return openNetwork('docker', consortium);
    }
    const chaincodes = [{ ...consortium.chaincode, folder, collections: collectionsOf(consortium) }];
    return openNetwork('embedded', consortium, { chaincodes });
}
