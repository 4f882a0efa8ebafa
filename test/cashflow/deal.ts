import { parseRate } from '@poolproof/chaincode/domain';

import { assumptions, line } from './pool-builders';

import type { Amount, Assumptions, PoolLine } from '@poolproof/chaincode/domain';

/** Fifty representative lines of car loans that add up to the balance. */
export function carLoans(balance: bigint, months = 60): PoolLine[] {
    return Array.from({ length: 50 }, (_, i) =>
        line(
            {
                balance: (balance / 50n + (i === 0 ? balance % 50n : 0n)) as Amount,
                rate: parseRate(`${500 + 12 * i}/10000`),
                months: months - (i % 24),
            },
            i % 12,
            400,
        ),
    );
}

/** Quiet but not still: 1.3 % ABS, 1 % CDR, 40 % recovered after four months. */
export function usual(change: Partial<Assumptions> = {}): Assumptions {
    return assumptions({
        prepayment: { model: 'ABS', rates: [parseRate('1.3%')] },
        default: { model: 'CDR', rates: [parseRate('1%')] },
        recovery: { rates: [parseRate('40%')], lag: 4 },
        delinquency: [[parseRate('2%')], [parseRate('0.5%')]],
        ...change,
    });
}
