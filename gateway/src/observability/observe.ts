import { logs } from './logs';
import { metrics } from './metrics';
import { together } from './observer';
import { spans } from './spans';

import type { Log } from './logs';
import type { MeterLike } from './metrics';
import type { Observer } from './observer';
import type { TracerLike } from './spans';

/**
 * Who watches a connection; nobody unless stated. None of them is ever shown a private value: they get names, ids, codes and times.
 *
 * @example
 * import { metrics, trace } from '@opentelemetry/api';
 * const observe = { tracer: trace.getTracer('poolproof'), meter: metrics.getMeter('poolproof'), log: console.log };
 * const bank = connect({ identity, peers, observe });
 */
export interface Observe {
    /** Of OpenTelemetry: gets a span a request, and under it a span a message to a peer. */
    readonly tracer?: TracerLike;
    /** Of OpenTelemetry: gets durations, retries and what is under way. An exporter serves them to Prometheus. */
    readonly meter?: MeterLike;
    /** Gets an entry a request, and at level `debug` an entry a message to a peer. */
    readonly log?: Log;
}

/** All of them as one, spans outermost: what is logged is logged within its span. */
export function observerOf({ tracer, meter, log }: Observe): Observer | undefined {
    return together([
        ...(tracer ? [spans(tracer)] : []),
        ...(meter ? [metrics(meter)] : []),
        ...(log ? [logs(log)] : []),
    ]);
}
