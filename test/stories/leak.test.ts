import { createHash, createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deflateRawSync } from 'node:zlib';

import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers } from '@hyperledger/fabric-gateway';
import { assetClassOf, encodeChunk } from '@poolproof/chaincode/domain';
import { orderLoans } from '@poolproof/gateway';
import { collectionsOf, openNetwork, readConsortium } from '@poolproof/network';

import { authorise, placeNotes, settleIssue } from '../setting/issuing';
import { cash, found, openBooks } from '../setting/founding';
import { gather } from '../setting/cast';
import { leaks, sightings } from '../setting/leak-scanner';
import { blocksSoFar } from '../setting/conservation';
import { markHoldings, markOrder, markPayment, markStanding, markTrades, ofBoth } from '../setting/marked-book';
import { balanceOf, loadLoans, loadMonths, sample } from '../setting/pool';
import { filesOf } from '../setting/ledger-files';
import { marked, numberMarker } from '../setting/marked';
import { openDayOf, payMonth, reportMonth } from '../setting/month';
import { openDeal, sealTape, submitTape } from '../setting/sealing';
import { overheard, printed } from '../setting/ear';
import { issueCash, transfer } from '../setting/transfer';

import type { Amount, Cell, Day } from '@poolproof/chaincode/domain';
import type { Loan, LoanMonth } from '@poolproof/gateway';
import type { Contract } from '@hyperledger/fabric-gateway';
import type { EmbeddedNetwork } from '@poolproof/network';
import type { Cast, MemberId } from '../setting/cast';
import type { Marker, Sighting, Source } from '../setting/leak-scanner';

const consortium = readConsortium(resolve('network/consortium.json'));
const { loan: loanLayout, state: stateLayout, loanRoles, stateRoles } = assetClassOf('auto-loan');
const dealId = 'guarded';
const tapeMembers = ['bank-a', 'trust', 'regulator'] as const;
const outsiders = ['bank-b', 'fund'] as const;

describe('what is private', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-leak-'));
    const heard: Source[] = [];
    const readModels: Source[] = [];
    const markers: Marker[] = [];
    let loans: Loan[];
    let unsalted: Uint8Array;
    let stored: Source[];
    let seen: Sighting[];

    beforeAll(async () => {
        const network = await open();
        const watched = (id: MemberId) => ({
            journal: mkdtempSync(join(folder, `journal-${id}-`)),
            observe: {
                log: (entry: unknown) => {
                    heard.push({ place: 'client log', holder: id, bytes: printed(entry) });
                },
            },
        });
        const { cast, heard: answers } = overheard(await gather(network, watched));
        await tell(cast);
        for (const id of ['bank-a', ...outsiders] as const) readModels.push(...(await readModelOf(cast, id)));
        for await (const event of cast.fund.events({ from: 0n, signal: AbortSignal.timeout(1_500) }))
            heard.push({ place: 'event', holder: 'everybody', bytes: printed(event) });
        cast.leave();
        await network.close();
        heard.push(...answers);
        stored = await filesOf(network, folder);
        markers.push(registryKey(stored));
        seen = sightings(markers, stored);
    }, 180_000);

    afterAll(() => rmSync(folder, { recursive: true }));

    /** A whole story: tape, pledges, seal, issue, reports, distribution, settlement, and refusals on the way. */
    async function tell(cast: Cast): Promise<void> {
        loans = await markedPool();
        const structure = { dealId, loans };
        await found(cast);
        await openBooks(cast, '2017-06-19' as Day);
        await openDeal(cast, structure);
        await refusedTapes(cast);
        await submitTape(cast, structure);
        await sealTape(cast, dealId);
        await pledgedTwice(cast);
        await authorise(cast, dealId);
        markers.push(...(await markOrder(cast, dealId)));
        await placeNotes(cast, dealId, { 'bank-b': 57n, fund: 43n });
        const day = await openDayOf(cast, '2017-06-20' as Day);
        await settleIssue(cast, dealId, balanceOf(loans) as Amount, day);
        await cast.trust.deals.close({ id: dealId });
        markers.push(...(await markStanding(cast)));
        await months(cast, dealId);
        markers.push(...(await markPayment(cast, dealId, 1)));
        await trades(cast);
        for (const { tapes, reports } of [cast.bankB, cast.fund]) {
            await failed(tapes.loans(dealId, 0));
            await failed(reports.states({ dealId, period: 2, version: 1 }, 0));
        }
        await cast.regulator.tapes.loans(dealId, 0);
        await cast.regulator.reports.states({ dealId, period: 2, version: 1 }, 0);
    }

    async function markedPool(): Promise<Loan[]> {
        const [first, ...others] = (await loadLoans(sample)).slice(0, 60);
        const balance = { [loanRoles.balance]: 7_319_017 };
        const { cells, markers: found } = marked(loanLayout, 'loan', balance, tapeMembers);
        markers.push(...found);
        return [{ ...(first as Loan), cells }, ...others];
    }

    async function refusedTapes(cast: Cast): Promise<void> {
        const [first, second] = loans.map(({ cells }) => cells);
        const twice = deflated([first ?? [], first ?? []]);
        await failed(cast.bankA.tapes.record({ dealId, number: 0 }, twice), 'ASSET_TWICE');
        const unsorted = [deflated([first ?? [], second ?? []]), deflated([second ?? [], first ?? []])];
        const outcomes = await Promise.allSettled(
            unsorted.map(chunk => cast.bankA.tapes.record({ dealId, number: 5 }, chunk)),
        );
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        await failed(cast.bankB.tapes.record({ dealId, number: 0 }, twice));
        const cut = deflated([first ?? []]).subarray(0, 40);
        await failed(cast.bankA.tapes.record({ dealId, number: 0 }, cut), 'CHUNK_INVALID');
    }

    /** The marked loan offered again, among others, in a chunk without a secret salt. */
    async function pledgedTwice(cast: Cast): Promise<void> {
        const second = { dealId: 'second', originator: 'bank-a' as const, loans: loans.slice(0, 9) };
        await openDeal(cast, second);
        unsalted = deflated(orderLoans(second.loans, assetClassOf('auto-loan')));
        await cast.bankA.tapes.record({ dealId: 'second', number: 0 }, unsalted);
        await cast.bankA.tapes.submit({ dealId: 'second', chunks: 1 });
        await failed(cast.trust.pledges.pledge({ dealId: 'second', number: 0 }), 'ASSET_ALREADY_PLEDGED');
        await cast.regulator.pledges.conflicts('second', 0);
        await cast.trust.tapes.reject({ dealId: 'second', reason: 'offered twice' });
    }

    async function months(cast: Cast, deal: string): Promise<void> {
        const [first, second] = [...(await loadMonths(sample, '2017-07'))].sort(([a], [b]) => (a < b ? -1 : 1));
        const number = loans[0]?.cells[0] ?? null;
        await reportMonth(cast, { dealId: deal, period: 1, months: renumbered(first?.[1] ?? [], number) });
        if (deal === dealId) await payMonth(cast, deal, 1);
        const { cells, markers: found } = marked(stateLayout, 'month', { [stateRoles.number]: number }, tapeMembers);
        if (deal === dealId) markers.push(...found);
        const [own, ...others] = renumbered(second?.[1] ?? [], number);
        const accompanied = others.map(month => ({ ...month, cells: filled(month.cells) }));
        await reportMonth(cast, {
            dealId: deal,
            period: 2,
            months: [{ ...(own as LoanMonth), cells }, ...accompanied],
        });
    }

    /** The loans of the story in a deal whose rules allow single ones to be seen. */
    async function tellOpenly(cast: Cast): Promise<void> {
        const structure = { dealId: 'open', loans, fewestLoans: 1 };
        await found(cast);
        await openBooks(cast, '2017-06-19' as Day);
        await openDeal(cast, structure);
        await submitTape(cast, structure);
        await sealTape(cast, 'open');
        await authorise(cast, 'open');
        await placeNotes(cast, 'open', { 'bank-b': 57n, fund: 43n });
        const day = await openDayOf(cast, '2017-06-20' as Day);
        await settleIssue(cast, 'open', balanceOf(loans) as Amount, day);
        await cast.trust.deals.close({ id: 'open' });
        await months(cast, 'open');
    }

    async function trades(cast: Cast): Promise<void> {
        const [system] = await cast.trust.holdings.days();
        if (!system) throw new Error('a business day is open');
        const { day } = system;
        const [tranche] = await cast.fund.tranches.list(dealId);
        if (!tranche) throw new Error('notes are issued');
        const reference = 'Zq7xtrade01';
        const common = {
            ...({ reference, kind: 'transfer', asset: tranche.asset, quantity: tranche.minimum } as const),
            payment: { means: 'deposit', asset: cash, amount: 73_190_077n as Amount } as const,
            ...{ settlementDay: day, expiryDay: day },
        };
        await cast.fund.settlements.instruct({ ...common, side: 'deliver', counterparty: 'bank-b' });
        await failed(cast.trust.settlements.settle({ pairs: [{ reference, deliverer: 'fund', receiver: 'bank-b' }] }));
        await cast.bankB.settlements.instruct({ ...common, side: 'receive', counterparty: 'fund' });
        await issueCash(cast, 'bank-b', common.payment.amount, day);
        const { pairs } = await cast.trust.settlements.pending();
        await cast.trust.settlements.settle({ pairs });
        const { holdings } = await cast.fund.holdings.book();
        const short = holdings.reduce((most, { free }) => (free > most ? free : most), 0n) + 1n;
        await failed(transfer(cast, { from: 'fund', to: 'bank-b', amount: short as Amount, day }), 'HOLDING_SHORT');
        await failed(cast.bankA.holdings.book('fund'));
        markers.push(
            { name: 'instruction.reference', texts: [reference], members: ofBoth },
            { name: 'instruction.amount', ...numberMarker(73_190_077), members: ofBoth },
            ...(await markTrades(cast, tranche.asset, tranche.minimum, day)),
            ...(await markHoldings(cast, 'bank-b')),
            ...(await markHoldings(cast, 'fund')),
        );
    }

    /** Everything that an institution's own peer gives it, as a read model would keep it: blocks, and of private data what it may see. */
    async function readModelOf(cast: Cast, holder: MemberId): Promise<Source[]> {
        const sources: Source[] = [];
        const place = `read model of ${holder}`;
        for await (const block of blocksSoFar(cast.desk(holder))) {
            sources.push({ place, holder, bytes: printed(block) });
            for (const { call } of block.transactions)
                for (const { content } of call?.privateWrites ?? [])
                    if (content) {
                        sources.push({ place, holder, bytes: printed(content.key) });
                        if (content.value) sources.push({ place, holder, bytes: content.value.bytes() });
                    }
        }
        return sources;
    }

    it('is marked in every field of a loan and a month that can be told apart, and in trades and holdings', () => {
        const of = (prefix: string) => markers.filter(({ name }) => name.startsWith(prefix)).length;
        expect([of('loan.'), of('month.')]).toEqual([loanLayout.fields.length - 7, stateLayout.fields.length - 1]);
        expect(of('holding of')).toBeGreaterThan(3);
    });

    it.each(tapeMembers)('is found by the scanner where it belongs: tapes and states with %s', member => {
        const recognisable = markers.filter(({ name, texts, bytes }) => {
            const isText = texts.some(text => text.startsWith('Zq7x'));
            return /^(loan|month)\./.test(name) && (isText || bytes !== undefined);
        });
        expect(namesSeen(member, recognisable)).toEqual(recognisable.map(({ name }) => name));
    });

    it.each(outsiders)('... and what is in the book of %s with it, on its peer and in its read model', member => {
        const own = ownMarkers(member);
        expect(own.length).toBeGreaterThan(member === 'fund' ? 15 : 8);
        expect(namesSeen(member, own)).toEqual(own.map(({ name }) => name));
        const kept = new Set(sightings(own, readModels).map(({ marker }) => marker));
        expect(own.map(({ name }) => name).filter(name => !kept.has(name))).toEqual([]);
    });

    function ownMarkers(member: MemberId): Marker[] {
        return markers.filter(({ name, members }) => !/^(loan|month)\./.test(name) && members.includes(member));
    }

    it('is in no read model of anybody else', () => {
        for (const id of ['bank-a', ...outsiders])
            expect(readModels.filter(({ holder }) => holder === id).length).toBeGreaterThan(100);
        expect(leaks(markers, sightings(markers, readModels))).toEqual([]);
    });

    function namesSeen(holder: MemberId, among: readonly Marker[]): string[] {
        const names = new Set(seen.filter(each => each.holder === holder).map(({ marker }) => marker));
        return among.map(({ name }) => name).filter(name => names.has(name));
    }

    it('is in no block, state, key or file of anybody else', () => {
        expect(stored.filter(({ holder }) => holder === 'everybody').length).toBeGreaterThan(50);
        for (const outsider of outsiders)
            expect(stored.filter(({ holder }) => holder === outsider).length).toBeGreaterThan(100);
        expect(leaks(markers, seen)).toEqual([]);
    });

    it('is in no answer to a submit, error, event or log', () => {
        for (const kind of ['answer', 'error', 'event', 'client log'])
            expect(heard.filter(({ place }) => place.startsWith(kind)).length).toBeGreaterThan(8);
        expect(leaks(markers, sightings(markers, heard))).toEqual([]);
    });

    it('... not even in an error or a log of who may see it', () => {
        const written = heard.filter(({ place }) => !place.startsWith('answer'));
        expect(sightings(markers, written)).toEqual([]);
    });

    describe('cannot be guessed from what a peer of an outsider holds', () => {
        const digestsOf = (values: readonly Uint8Array[]) =>
            values.map(value => createHash('sha256').update(value).digest().toString('latin1'));
        const outside = () =>
            stored
                .filter(({ holder }) => holder === 'everybody' || outsiders.some(each => each === holder))
                .map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
        const found = (values: readonly Uint8Array[]) => {
            const digests = digestsOf(values);
            const texts = outside();
            return digests.filter(digest => texts.some(text => text.includes(digest))).length;
        };

        it('by trying all true loan numbers, alone and in every key and text they could stand in', () => {
            const numbers = loans.map(({ cells }) => String(cells[0]));
            const guesses = numbers.flatMap(number =>
                [
                    number,
                    `"${number}"`,
                    `["${number}"]`,
                    `\0loans\0${dealId}\0${number}\0`,
                    `\0loan\0${number}\0`,
                ].concat(
                    JSON.stringify({ assetNumber: number }),
                    JSON.stringify(['contract', 'SYNTHETICBANK(MADE-UPDATA)', number]),
                ),
            );
            expect(found(guesses.map(guess => Buffer.from(guess)))).toBe(0);
        });

        it('by one who knows every loan of the tape to the last field, but not the salt', () => {
            const tape = deflated(loans.map(({ cells }) => cells));
            expect(found([tape])).toBe(0);
        });

        it('... and is found where a tape was recorded without a secret salt', () => {
            expect(found([unsalted])).toBe(1);
        });
    });

    it('... and is found in what everybody holds where the rules of a pool allow single loans to be seen', async () => {
        const apart = mkdtempSync(join(tmpdir(), 'poolproof-open-'));
        const network = await open(undefined, [], apart);
        const cast = await gather(network);
        await tellOpenly(cast);
        cast.leave();
        await network.close();
        const shown = leaks(markers, sightings(markers, await filesOf(network, apart)));
        rmSync(apart, { recursive: true });
        const names = new Set(shown.map(leak => leak.marker));
        const sums = ['actualInterestCollectedAmount', 'actualOtherCollectedAmount', 'scheduledPrincipalAmount'];
        for (const name of sums) expect([name, names.has(`month.${name}`)]).toEqual([name, true]);
        expect(names.has('month.assetNumber')).toBe(false);
    }, 120_000);

    describe('and leaked by altered chaincode', () => {
        let network: EmbeddedNetwork;
        let leaker: Contract;
        let client: Client;
        const secret = 'Zq7xloan00';
        const logged: Source[] = [];

        beforeAll(async () => {
            network = await open(join(resolve('test/altered'), 'leaking'), logged);
            const identity = await network.identity('bank-a', 'leaker', { 'poolproof.role': 'originator' });
            const [peer] = network.peers('bank-a');
            client = new Client(peer!.address, credentials.createSsl(Buffer.from(peer!.tlsRootPem)), {
                'grpc.ssl_target_name_override': peer!.tlsHostName,
            });
            leaker = connect({
                client,
                identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
                signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
            })
                .getNetwork(consortium.channel)
                .getContract(consortium.chaincode.name);
        }, 60_000);

        const told: Source[] = [];
        const leak = async (way: string, endorsingOrganizations?: string[], ...args: string[]) => {
            const options = {
                arguments: args,
                transientData: { secret },
                ...(endorsingOrganizations && { endorsingOrganizations }),
            };
            const heardNow = await leaker.submit(`leaker:${way}`, options).catch((error: unknown) => error);
            told.push({
                place: way,
                holder: 'everybody',
                bytes: heardNow instanceof Uint8Array ? heardNow : printed(heardNow),
            });
        };
        const isCaught = (sources: readonly Source[]) =>
            sightings(markers, sources).some(({ marker }) => marker === 'loan.assetNumber');

        it('is caught in an answer, an error and a log', async () => {
            for (const way of ['inItsAnswer', 'inAnError']) await leak(way);
            for (const source of told) expect([source.place, isCaught([source])]).toEqual([source.place, true]);
            expect(isCaught(logged.filter(({ place }) => place !== 'chaincode log'))).toBe(false);
            await leak('inALog');
            expect(isCaught(logged)).toBe(true);
        });

        it('is caught in events, state and keys, deflated and encoded as it may be, and its hash by its number', async () => {
            const ways = ['inAnEvent', 'inState', 'inAKey', 'deflatedInState', 'deflatedInBase64'];
            for (const way of ways) await leak(way);
            await leak('inHashes', ['BankAMSP', 'TrustMSP'], 'tape_bank-a_trust');
            client.close();
            await network.close();
            const after = await filesOf(network, folder);
            const known = new Set(stored.map(({ place }) => place));
            const fresh = after.filter(({ place, holder }) => !known.has(place) && holder !== 'bank-a');
            const blocks = fresh.filter(({ place }) => place.startsWith('block'));
            // The chaincode's definition; an answer, which stands in its block too; a log, which does not; and last what is hashes alone.
            const expected = [false, true, false, true, true, true, true, true, false];
            expect(blocks.map(block => isCaught([block]))).toEqual(expected);
            const hash = createHash('sha256').update(secret).digest().toString('latin1');
            const held = fresh
                .filter(({ holder }) => holder === 'fund')
                .map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
            expect(held.some(text => text.includes(hash))).toBe(true);
        });
    });

    async function open(chaincode?: string, lines: Source[] = heard, where = folder): Promise<EmbeddedNetwork> {
        const leaking =
            chaincode === undefined
                ? {}
                : {
                      chaincodes: [
                          {
                              ...consortium.chaincode,
                              version: '2.0.0',
                              folder: chaincode,
                              collections: collectionsOf(consortium),
                          },
                      ],
                  };
        return openNetwork('embedded', consortium, {
            ...leaking,
            folder: where,
            onLog: line => lines.push({ place: 'chaincode log', holder: ownerOf(line.mspId), bytes: printed(line) }),
        });
    }
});

/** The institution whose peer runs the chaincode that logs. */
function ownerOf(mspId: string): MemberId {
    return consortium.institutions.find(institution => institution.mspId === mspId)?.id as MemberId;
}

/** A chunk under a salt that everybody knows. */
function deflated(rows: readonly (readonly Cell[])[]): Uint8Array {
    return deflateRawSync(encodeChunk(loanLayout, rows, new Uint8Array(32)));
}

async function failed(act: Promise<unknown>, code?: string): Promise<void> {
    await (code === undefined ? expect(act).rejects.toThrow() : expect(act).rejects.toMatchObject({ code }));
}

/** Records of the loans of the tape: those of its first loan under the number that it is marked with. */
function renumbered(months: readonly LoanMonth[], number: Cell): LoanMonth[] {
    return months
        .slice(0, 60)
        .map((month, i) => ({ ...month, cells: i === 0 ? [number, ...month.cells.slice(1)] : month.cells }));
}

/**
 * With something in every field that the deal's waterfall needs the sum of, whoever it is from: losses, what is recovered of them, and
 * the balance long past due, with which the terms of the story compute. All other amounts and the rate are the marked loan's alone, so that
 * their sums and averages must not be published.
 */
function filled(cells: readonly Cell[]): Cell[] {
    const { adjustment, chargedOff, delinquency, proceeds, recovered } = stateRoles;
    return stateLayout.fields.map(({ name }, i) => {
        const cell = cells[i] ?? null;
        const isFact = [adjustment, chargedOff, delinquency, proceeds, recovered].includes(name);
        return isFact && (cell === null || cell === 0) ? 301 + i : cell;
    });
}

/** The key of the pledge registry, as the trustee's peer holds it. */
function registryKey(stored: readonly Source[]): Marker {
    for (const { holder, place, bytes } of stored) {
        const key = /"key":"([0-9a-f]{64})"/.exec(Buffer.from(bytes).toString('latin1'))?.[1];
        if (key !== undefined && holder === 'trust' && !place.startsWith('key of'))
            return {
                name: 'registry key',
                texts: [key, Buffer.from(key, 'hex').toString('latin1')],
                members: ['regulator', 'trust'],
            };
    }
    throw new Error('the trustee holds the key of the registry');
}
