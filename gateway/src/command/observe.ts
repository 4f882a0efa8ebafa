import { hostname } from 'node:os';

import { Option } from 'commander';

import { InputError } from '../input-error';

import type * as Api from '@opentelemetry/api';
import type * as Otlp from '@opentelemetry/exporter-trace-otlp-http';
import type * as Prometheus from '@opentelemetry/exporter-prometheus';
import type * as SdkMetrics from '@opentelemetry/sdk-metrics';
import type * as SdkTrace from '@opentelemetry/sdk-trace-node';
import type { Command } from 'commander';
import type { Log, LogEntry } from '../observability/logs';
import type { Observe } from '../observability/observe';

/** Under whose eyes a command works: nobody's, unless stated. */
export interface ObserveOptions {
    readonly traceEndpoint?: string;
    readonly metricsPort?: string;
    readonly logFormat?: 'json' | 'text';
    readonly logLevel?: LogEntry['level'];
}

/** A command being watched, until its end. */
export interface Watching {
    readonly observed: { readonly observe?: Observe };
    /** Sends what has not been sent yet, and serves nothing any more. */
    end(): Promise<void>;
}

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** Adds the options that say who watches. */
export function withObserveOptions(program: Command): Command {
    return program
        .addOption(
            new Option(
                '--trace-endpoint <url>',
                'send spans there, by OTLP over HTTP; OTEL_* variables say the rest',
            ).env('POOLPROOF_TRACE_ENDPOINT'),
        )
        .addOption(
            new Option(
                '--metrics-port <port>',
                'serve metrics to Prometheus on this port, or host:port; localhost unless stated',
            ).env('POOLPROOF_METRICS_PORT'),
        )
        .addOption(
            new Option('--log-format <format>', 'log every request on standard error')
                .choices(['json', 'text'])
                .env('POOLPROOF_LOG_FORMAT'),
        )
        .addOption(
            new Option('--log-level <level>', 'least level that is logged; debug: also every message to a peer')
                .choices(levels)
                .default('info'),
        );
}

/** Begins to watch as the options say. What they do not ask for is not loaded. */
export async function watchedBy(options: ObserveOptions): Promise<Watching> {
    const { traceEndpoint, metricsPort, logFormat } = options;
    const tracing = traceEndpoint === undefined ? undefined : tracingTo(traceEndpoint);
    const metering = metricsPort === undefined ? undefined : await meteringOn(metricsPort);
    const observe: Observe = {
        ...tracing?.observe,
        ...metering?.observe,
        ...(logFormat && { log: logTo(process.stderr, logFormat, options.logLevel ?? 'info') }),
    };
    return {
        observed: Object.keys(observe).length === 0 ? {} : { observe },
        end: async () => {
            // Whoever watches and cannot be reached has no say in what became of the command.
            const ended = await Promise.allSettled([tracing?.end(), metering?.end()]);
            for (const each of ended)
                if (each.status === 'rejected')
                    process.stderr.write(`not watched to the end: ${String(each.reason)}\n`);
        },
    };
}

interface Watcher {
    readonly observe: Observe;
    readonly end: () => Promise<void>;
}

function tracingTo(endpoint: string): Watcher {
    const { trace } = optional<typeof Api>('@opentelemetry/api');
    const { BatchSpanProcessor, NodeTracerProvider } = optional<typeof SdkTrace>('@opentelemetry/sdk-trace-node');
    const { OTLPTraceExporter } = optional<typeof Otlp>('@opentelemetry/exporter-trace-otlp-http');
    process.env['OTEL_SERVICE_NAME'] ??= 'poolproof';
    const exporter = new OTLPTraceExporter({ url: tracesAt(endpoint), timeoutMillis: 2000 });
    const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
    provider.register();
    return { observe: { tracer: trace.getTracer('poolproof') }, end: () => provider.shutdown() };
}

/** `http://collector:4318` is where a collector is, `http://collector:4318/v1/traces` where it takes spans. */
function tracesAt(endpoint: string): string {
    const url = new URL(endpoint);
    return url.pathname === '/' ? new URL('/v1/traces', url).href : url.href;
}

async function meteringOn(address: string): Promise<Watcher> {
    const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(address) ?? [];
    if (port === '') throw new InputError(`--metrics-port: ${address} is neither a port nor host:port`);
    const { MeterProvider } = optional<typeof SdkMetrics>('@opentelemetry/sdk-metrics');
    const { PrometheusExporter } = optional<typeof Prometheus>('@opentelemetry/exporter-prometheus');
    const exporter = new PrometheusExporter({ host, port: Number(port), preventServerStart: true });
    await exporter.startServer();
    const provider = new MeterProvider({ readers: [exporter] });
    return { observe: { meter: provider.getMeter('poolproof') }, end: () => provider.shutdown() };
}

/** A package that is installed by those who want to be watched. @throws InputError naming it */
function optional<T>(name: string): T {
    try {
        // Only what is asked for is loaded.
        // eslint-disable-next-line @typescript-eslint/no-require-imports
        return require(name) as T;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
        throw new InputError(`${name} is not installed: npm install ${name}`, { cause: error });
    }
}

function logTo(stream: NodeJS.WritableStream, format: 'json' | 'text', least: LogEntry['level']): Log {
    return entry => {
        if (levels.indexOf(entry.level) < levels.indexOf(least)) return;
        const time = new Date().toISOString();
        stream.write(
            `${format === 'json' ? JSON.stringify({ time, host: hostname(), ...entry }) : textOf(time, entry)}\n`,
        );
    };
}

function textOf(time: string, { level, transaction, stage, peer, outcome, milliseconds, ...rest }: LogEntry): string {
    const where = stage === undefined ? [] : [stage, peer];
    const ids = [
        rest.requestId && `request ${rest.requestId}`,
        rest.transactionId && `transaction ${rest.transactionId}`,
    ];
    const block = rest.blockNumber === undefined ? undefined : `block ${rest.blockNumber}`;
    return [time, level.padEnd(5), transaction, ...where, outcome, `${milliseconds} ms`, ...ids, block]
        .filter(Boolean)
        .join('  ');
}
