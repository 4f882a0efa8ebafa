import { timed } from './observer';

import type { Observer } from './observer';

type Labels = Record<string, string>;

/** As much of OpenTelemetry's `Meter` as is used: `metrics.getMeter('poolproof')` is one. */
export interface MeterLike {
    createHistogram(name: string, options?: MeterOptions): { record(value: number, labels?: Labels): void };
    createCounter(name: string, options?: MeterOptions): { add(value: number, labels?: Labels): void };
    createUpDownCounter(name: string, options?: MeterOptions): { add(value: number, labels?: Labels): void };
    createGauge(name: string, options?: MeterOptions): { record(value: number, labels?: Labels): void };
}

interface MeterOptions {
    description?: string;
    unit?: string;
    advice?: { explicitBucketBoundaries?: number[] };
}

/** Seconds: from a query on the machine itself to a transaction that met conflicts. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Durations of requests and of messages by outcome, requests under way, and proposals beyond the first; of what is followed, events and
 * blocks, reconnections, and how far a checkpoint is behind. Named as Prometheus has it: `poolproof_request_duration_seconds`,
 * `poolproof_stage_duration_seconds`, `poolproof_requests_active`, `poolproof_retries_total`, `poolproof_stream_heard_total`,
 * `poolproof_stream_reconnects_total`, `poolproof_checkpoint_lag_blocks`.
 */
export function metrics(meter: MeterLike): Observer {
    const advice = { explicitBucketBoundaries: buckets };
    const requests = meter.createHistogram('poolproof_request_duration_seconds', {
        description: 'Requests and questions, from the call to its end, by transaction and outcome',
        unit: 's',
        advice,
    });
    const messages = meter.createHistogram('poolproof_stage_duration_seconds', {
        description: 'Messages to peers, by stage, peer and outcome',
        unit: 's',
        advice,
    });
    const active = meter.createUpDownCounter('poolproof_requests_active', {
        description: 'Requests and questions under way, those that wait for others included',
    });
    const retries = meter.createCounter('poolproof_retries_total', {
        description: 'Proposals made anew after a conflict',
    });
    const heard = meter.createCounter('poolproof_stream_heard_total', {
        description: 'Events and blocks given out, each once',
    });
    const reconnects = meter.createCounter('poolproof_stream_reconnects_total', {
        description: 'Streams of events and of blocks opened again after they broke or ended',
    });
    const lag = meter.createGauge('poolproof_checkpoint_lag_blocks', {
        description: 'Blocks of the own peer after the one up to which events have had their effect',
    });
    return {
        followed: happening => {
            if (happening.kind === 'lag') return lag.record(happening.blocks, { checkpoint: happening.checkpoint });
            (happening.kind === 'heard' ? heard : reconnects).add(1, { stream: happening.stream });
        },
        during: async (step, act, end) => {
            const { kind, transaction, stage = '', peer = '' } = step;
            if (kind === 'request') active.add(1, { transaction });
            return timed(act, (settled, took) => {
                const { outcome, attempts = 1 } = end(settled);
                if (kind === 'stage') return messages.record(took / 1000, { stage, peer, outcome });
                active.add(-1, { transaction });
                requests.record(took / 1000, { transaction, outcome });
                if (attempts > 1) retries.add(attempts - 1, { transaction });
            });
        },
    };
}
