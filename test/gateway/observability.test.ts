import { setTimeout as pause } from 'node:timers/promises';

import { metrics, trace } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { assetClassOf } from '@poolproof/chaincode/domain';
import { connect, orderLoans, packChunk } from '@poolproof/gateway';

import { FaultyProxy } from './faulty-proxy';
import { cash } from '../setting/founding';
import { sightings } from '../setting/leak-scanner';
import { loadLoans, sample } from '../setting/pool';
import { printed } from '../setting/ear';
import { openDeal } from '../setting/sealing';
import { datesOn, setStage, tagged } from '../setting/stage';

import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { Amount, Day } from '@poolproof/chaincode/domain';
import type { Connection, LogEntry, PeerAddress } from '@poolproof/gateway';
import type { Marker, Source } from '../setting/leak-scanner';
import type { Stage } from '../setting/stage';

describe('a connection that is watched', () => {
    const exporter = new InMemorySpanExporter();
    const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    const prometheus = new PrometheusExporter({ preventServerStart: true });
    const metering = new MeterProvider({ readers: [prometheus] });
    const entries: LogEntry[] = [];
    let stage: Stage;
    let bank: Connection;
    let today: Day;

    beforeAll(async () => {
        tracing.register();
        metrics.setGlobalMeterProvider(metering);
        stage = await setStage();
        today = (await stage.cast.bankB.holdings.days())[0]?.day as Day;
        const { channel, chaincode } = stage.network.consortium;
        bank = connect({
            identity: await stage.network.identity('bank-b', 'watched', {
                'poolproof.role': 'investor,originator,servicer,admin',
            }),
            ...{ peers: stage.network.peers('bank-b'), channel, chaincode: chaincode.name },
            observe: {
                tracer: trace.getTracer('poolproof'),
                meter: metrics.getMeter('poolproof'),
                log: entry => void entries.push(entry),
            },
        });
    });
    afterAll(async () => {
        bank.close();
        await stage.close();
        await Promise.all([tracing.shutdown(), metering.shutdown()]);
        trace.disable();
        metrics.disable();
    });
    beforeEach(() => {
        exporter.reset();
        entries.length = 0;
    });

    const place = (reference: string) =>
        bank.settlements.instruct({
            ...{ reference, kind: 'issue', side: 'deliver', counterparty: 'bank-b', asset: cash },
            ...{ quantity: 7_770_777n as Amount, settlementDay: today, expiryDay: today },
        });
    const scraped = async () => {
        const { resourceMetrics } = await prometheus.collect();
        return new PrometheusSerializer().serialize(resourceMetrics);
    };
    const named = (name: string): ReadableSpan => {
        const found = exporter.getFinishedSpans().find(span => span.name === name);
        if (!found) throw new Error(`no span ${name}`);
        return found;
    };

    it('tells a span a request, and under it a span a message to a peer', async () => {
        await place(`seen-${stage.tag}`);
        const whole = named('settlement:instruct');
        expect(whole.attributes).toMatchObject({
            'poolproof.outcome': 'ok',
            'poolproof.msp': 'BankBMSP',
            'poolproof.attempts': 1,
            'poolproof.transaction_id': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
            'poolproof.request_id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        });
        for (const name of ['endorse', 'submit', 'commit']) {
            const message = named(name);
            expect(message.parentSpanContext?.spanId).toBe(whole.spanContext().spanId);
            expect(message.attributes['server.address']).toBe('peer0.bank-b.example.com');
        }
        exporter.reset();
        await bank.holdings.days();
        expect(named('evaluate').parentSpanContext?.spanId).toBe(named('holding:days').spanContext().spanId);
    });

    it('tells Prometheus how long requests and messages take, by outcome, and what is under way', async () => {
        await place(`counted-${stage.tag}`);
        await expect(bank.deals.read('nobody')).rejects.toMatchObject({ code: 'NOT_FOUND' });
        const text = await scraped();
        expect(text).toMatch(
            /poolproof_request_duration_seconds_count\{transaction="settlement:instruct",outcome="ok"[^}]*\} \d/,
        );
        expect(text).toMatch(
            /poolproof_request_duration_seconds_count\{transaction="deal:read",outcome="NOT_FOUND"[^}]*\} 1/,
        );
        expect(text).toMatch(
            /poolproof_stage_duration_seconds_count\{stage="endorse",peer="peer0.bank-b.example.com",outcome="ok"/,
        );
        expect(text).toMatch(/poolproof_requests_active\{transaction="settlement:instruct"[^}]*\} 0/);
    });

    it('tells Prometheus what it hears of events and blocks, how often it had to reconnect, and how far a checkpoint is behind', async () => {
        const { channel, chaincode } = stage.network.consortium;
        let opened = 0;
        const proxy = new FaultyProxy(stage.network.peers('bank-b')[0] as PeerAddress, call =>
            call === 'chaincodeEvents' && opened++ === 0 ? 'request-lost' : 'none',
        );
        const watched = connect({
            identity: await stage.network.identity('bank-b', 'follower'),
            ...{ peers: [await proxy.start()], channel, chaincode: chaincode.name },
            observe: { meter: metrics.getMeter('poolproof') },
        });
        const last = await place(`followed-${stage.tag}`);
        const { height } = await bank.chain();
        const over = new AbortController();
        let heard = 0;
        // What comes after the checkpoint is still being dealt with.
        let release = () => undefined as void;
        const held = new Promise<void>(done => (release = done));
        const position = () => Promise.resolve({ blockNumber: 2n });
        const store = { name: 'books', position, advance: () => held };
        const on = { InstitutionJoined: () => undefined, InstitutionConfirmed: () => undefined };
        const applying = watched.applyEvents({ store, on, signal: over.signal });
        for await (const event of watched.events({ signal: over.signal })) {
            heard++;
            if (event.transactionId === last.transactionId) break;
        }
        for await (const { number } of watched.blocks()) if (number === 4n) break;
        const expected = [
            /poolproof_stream_heard_total\{stream="blocks"[^}]*\} 5\b/,
            /poolproof_stream_reconnects_total\{stream="events"[^}]*\} 1\b/,
            new RegExp(`poolproof_checkpoint_lag_blocks\\{checkpoint="books"[^}]*\\} ${height - 3n}\\b`),
        ];
        const until = Date.now() + 10_000;
        let text = await scraped();
        while (!expected.every(pattern => pattern.test(text)) && Date.now() < until) {
            await pause(50);
            text = await scraped();
        }
        for (const pattern of expected) expect(text).toMatch(pattern);
        const events = /poolproof_stream_heard_total\{stream="events"[^}]*\} (\d+)/.exec(text)?.[1];
        expect(Number(events)).toBeGreaterThan(heard);
        over.abort();
        release();
        await applying;
        watched.close();
        proxy.stop();
    });

    it('logs an entry a request, with the level of its end', async () => {
        const { transactionId, blockNumber } = await place(`logged-${stage.tag}`);
        await expect(bank.deals.read('nobody')).rejects.toThrow();
        const requests = entries.filter(({ kind }) => kind === 'request');
        expect(requests).toMatchObject([
            { level: 'info', transaction: 'settlement:instruct', outcome: 'ok', transactionId, attempts: 1 },
            { level: 'warn', transaction: 'deal:read', outcome: 'NOT_FOUND' },
        ]);
        expect(requests[0]?.blockNumber).toBe(String(blockNumber));
        expect(entries.filter(({ level }) => level === 'debug').map(({ stage: at }) => at)).toEqual(
            expect.arrayContaining(['endorse', 'submit', 'commit', 'evaluate']),
        );
    });

    it('counts the proposals that a conflict has cost', async () => {
        const ids = Array.from({ length: 4 }, (_, i) => `race-${stage.tag}-${i}`);
        const requestId = `same-${stage.tag}`;
        const instruction = { kind: 'issue', side: 'deliver', counterparty: 'bank-b', asset: cash } as const;
        const on = { quantity: 1n as Amount, settlementDay: today, expiryDay: today };
        const receipts = await Promise.all(
            ids.map(() => bank.settlements.instruct({ reference: ids[0] ?? '', ...instruction, ...on }, { requestId })),
        );
        const more = receipts.reduce((sum, { attempts }) => sum + attempts - 1, 0);
        expect(more).toBeGreaterThan(0);
        expect(await scraped()).toMatch(
            new RegExp(`poolproof_retries_total\\{transaction="settlement:instruct"[^}]*\\} ${more}\\b`),
        );
    });

    it('tells nobody a private value: no loan, no instruction, whatever was done with it', async () => {
        const reference = `Zq7xreference-${stage.tag}`;
        const loans = tagged(stage, await loadLoans(sample)).slice(0, 10);
        const dealId = `watched-${stage.tag}`;
        const autoLoan = assetClassOf('auto-loan');
        await place(reference);
        await place(reference).catch(() => undefined);
        const own = sourceOf('book', printed(await bank.holdings.book()));
        await bank.settlements.cancel({ reference }).catch(() => undefined);
        await bank.settlements.cancel({ reference }).catch(() => undefined);
        await openDeal(stage.cast, { dealId, loans, dates: await datesOn(stage) });
        // Bank B is no party of the deal: Fabric refuses, with its loans in hand.
        const packed = packChunk(autoLoan.loan, orderLoans(loans, autoLoan));
        await expect(bank.tapes.record({ dealId, number: 0 }, packed)).rejects.toThrow();
        await expect(bank.tapes.loans(dealId, 0)).rejects.toThrow();

        const markers: Marker[] = [
            { name: 'reference', texts: [reference], members: [] },
            { name: 'quantity', texts: ['7770777', '7770777n'], members: [] },
            ...loans.map(({ cells }) => ({ name: 'loan', texts: [String(cells[0])], members: [] })),
        ];
        const told = [
            ...exporter.getFinishedSpans().map(span => {
                const { name, attributes, status, events } = span;
                return sourceOf('span', printed({ name, attributes, status, events }));
            }),
            sourceOf('metrics', Buffer.from(await scraped())),
            ...entries.map(entry => sourceOf('log', Buffer.from(JSON.stringify(entry)))),
        ];
        expect(told.length).toBeGreaterThan(40);
        expect(sightings(markers, told)).toEqual([]);
        expect(sightings(markers, [own]).map(({ marker }) => marker)).toEqual(['reference', 'quantity']);
    });

    it('is not watched unless asked to be', async () => {
        await stage.cast.bankB.holdings.days();
        expect(exporter.getFinishedSpans()).toEqual([]);
        expect(entries).toEqual([]);
    });

    const sourceOf = (place: string, bytes: Uint8Array): Source => ({ place, holder: 'everybody', bytes });
});
