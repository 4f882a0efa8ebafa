import type { Observer, Step } from './observer';

/** As much of OpenTelemetry's `Span` as is used. */
export interface SpanLike {
    setAttribute(name: string, value: number | string): unknown;
    setStatus(status: { code: number; message?: string }): unknown;
    end(): void;
}

/** As much of OpenTelemetry's `Tracer` as is used: `trace.getTracer('poolproof')` is one. */
export interface TracerLike {
    startActiveSpan<T>(
        name: string,
        options: { kind?: number; attributes?: Record<string, number | string> },
        act: (span: SpanLike) => T,
    ): T;
}

/** `SpanKind` and `SpanStatusCode` of OpenTelemetry, which is not loaded for their sake. */
const [internal, client, error] = [0, 2, 2];

/** A span a request, and under it a span a message: `deal:open`, and `endorse`, `submit`, `commit` to a peer. */
export function spans(tracer: TracerLike): Observer {
    return {
        during: (step, act, end) =>
            tracer.startActiveSpan(
                step.stage ?? step.transaction,
                { kind: step.kind === 'stage' ? client : internal, attributes: attributesOf(step) },
                async span => {
                    const [settled] = await Promise.allSettled([act()]);
                    const { outcome, transactionId, blockNumber, attempts } = end(settled);
                    span.setAttribute('poolproof.outcome', outcome);
                    if (transactionId !== undefined) span.setAttribute('poolproof.transaction_id', transactionId);
                    if (blockNumber !== undefined) span.setAttribute('poolproof.block', String(blockNumber));
                    if (attempts !== undefined) span.setAttribute('poolproof.attempts', attempts);
                    if (settled.status === 'rejected') span.setStatus({ code: error, message: outcome });
                    span.end();
                    if (settled.status === 'rejected') throw settled.reason;
                    return settled.value;
                },
            ),
    };
}

function attributesOf({ transaction, mspId, requestId, stage, peer }: Step): Record<string, string> {
    return {
        'poolproof.transaction': transaction,
        'poolproof.msp': mspId,
        ...(requestId !== undefined && { 'poolproof.request_id': requestId }),
        ...(stage !== undefined && { 'rpc.system': 'grpc', 'rpc.service': 'gateway.Gateway' }),
        ...(peer !== undefined && { 'server.address': peer }),
    };
}
