import { Refusal } from '@poolproof/chaincode/domain';

import { timed } from './observer';

import type { Ending, Observer, Step } from './observer';

/** One line of a log. It carries names, ids, codes and times, and no content of any request, answer or error. */
export interface LogEntry extends Step, Omit<Ending, 'blockNumber'> {
    /** `debug` for messages to peers, `info` for what was done, `warn` for what a rule refused, `error` for the rest. */
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly blockNumber?: string;
    readonly milliseconds: number;
}

/**
 * Takes one entry, as any logger does.
 * @example
 * const log: Log = ({ level, ...entry }) => pino[level](entry, `${entry.transaction} ${entry.outcome}`);
 */
export type Log = (entry: LogEntry) => void;

/** An entry at the end of every request and of every message to a peer. */
export function logs(log: Log): Observer {
    return {
        during: (step, act, end) =>
            timed(act, (settled, took) => {
                const { blockNumber, ...ending } = end(settled);
                log({
                    level: levelOf(step, settled),
                    ...step,
                    ...ending,
                    ...(blockNumber !== undefined && { blockNumber: String(blockNumber) }),
                    milliseconds: Math.round(took * 10) / 10,
                });
            }),
    };
}

function levelOf({ kind }: Step, settled: PromiseSettledResult<unknown>): LogEntry['level'] {
    if (kind === 'stage') return 'debug';
    if (settled.status === 'fulfilled') return 'info';
    return settled.reason instanceof Refusal ? 'warn' : 'error';
}
