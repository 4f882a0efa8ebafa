import { parseAmount, quietFacts, subtract, zero } from '@poolproof/chaincode/domain';

import type { Amount, PeriodFacts } from '@poolproof/chaincode/domain';
import type { FiledCertificate } from './certificate-file';

/** Lines that state what only the servicer can know. All others must follow from the terms. */
export const givenLines: ReadonlySet<string> = new Set([
    ...['2', '3', '4', '6', '7', '12', '13', '14', '15a', '15b', '15c', '16b', '18', '19', '25', '26a', '26d', '49'],
    ...['71a', '71b', '71c', '71d', '73', '74', '78', '82', '85'],
]);

/** What carries over from month to month on the servicer's side: the roll-forward of the pool. */
export interface PoolSoFar {
    readonly balance: Amount;
    readonly chargedOff: Amount;
    readonly recovered: Amount;
}

/** The facts of a period, read from the given lines of its certificate and nothing else. */
export function carmaxFacts(certificate: FiledCertificate, initial: Amount, soFar: PoolSoFar): PeriodFacts {
    const chargedOff = moneyOn(certificate, '4');
    const recoveries = moneyOn(certificate, '74', 1);
    return {
        ...quietFacts,
        periodBegin: certificate.periodBegin,
        periodEnd: certificate.periodEnd,
        paymentDate: certificate.distributionDate,
        initialPoolBalance: initial,
        poolBalanceBeginning: soFar.balance,
        poolBalanceEnding: poolAfter(certificate, soFar).balance,
        principalCollections: moneyOn(certificate, '2'),
        repurchases: moneyOn(certificate, '3'),
        interestCollections: moneyOn(certificate, '15a'),
        chargedOffPrincipal: chargedOff,
        recoveries,
        cumulativeChargedOff: (soFar.chargedOff + chargedOff) as Amount,
        cumulativeRecoveries: (soFar.recovered + recoveries) as Amount,
        receivablesCount: countOn(certificate, '6'),
        delinquentCount30: countOn(certificate, '71a'),
        delinquentCount60: countOn(certificate, '71b'),
        delinquentCount90: countOn(certificate, '71c'),
        delinquentCount120: countOn(certificate, '71d'),
        delinquentBalance30: moneyOn(certificate, '71a', 1),
        delinquentBalance60: moneyOn(certificate, '71b', 1),
        delinquentBalance90: moneyOn(certificate, '71c', 1),
        delinquentBalance120: moneyOn(certificate, '71d', 1),
        extra: extraFacts(certificate),
    };
}

/** The pool after the period: line 1 - 2 - 3 - 4, from our own line 1. */
export function poolAfter(certificate: FiledCertificate, { balance, chargedOff, recovered }: PoolSoFar): PoolSoFar {
    const defaulted = moneyOn(certificate, '4');
    const paid = (moneyOn(certificate, '2') + moneyOn(certificate, '3') + defaulted) as Amount;
    return {
        balance: subtract(balance, paid),
        chargedOff: (chargedOff + defaulted) as Amount,
        recovered: (recovered + moneyOn(certificate, '74', 1)) as Amount,
    };
}

function extraFacts(certificate: FiledCertificate): NonNullable<PeriodFacts['extra']> {
    const isLater = Object.hasOwn(certificate.lines, '85');
    return {
        liquidationFinance: moneyOn(certificate, '15b'),
        purchaseFinance: moneyOn(certificate, '15c'),
        accountInterest: moneyOn(certificate, '18'),
        advances: moneyOn(certificate, '19'),
        unreimbursedAdvances: moneyOn(certificate, '25'),
        successorCosts: moneyOn(certificate, '26a'),
        reviewerCosts: moneyOn(certificate, '26d'),
        trusteeCosts: zero,
        reserveEarnings: moneyOn(certificate, '49'),
        chargedOffCount: countOn(certificate, '73'),
        recoveryCount: countOn(certificate, '74'),
        cumulativeRecoveryCount: countOn(certificate, '78'),
        weightedCoupon: `${figureOn(certificate, '12')}%`,
        weightedOriginalTerm: figureOn(certificate, '13'),
        weightedRemainingTerm: figureOn(certificate, '14'),
        extendedBalance: isLater ? moneyOn(certificate, '82') : zero,
        tangibleNetWorth: moneyOn(certificate, isLater ? '85' : '82'),
    };
}

function moneyOn(certificate: FiledCertificate, line: string, column = 0): Amount {
    return parseAmount(figureOn(certificate, line, column), 'USD', `line ${line}`);
}

function countOn(certificate: FiledCertificate, line: string): number {
    return Number(figureOn(certificate, line).replaceAll(',', ''));
}

function figureOn({ lines, accession }: FiledCertificate, line: string, column = 0): string {
    if (!givenLines.has(line)) throw new Error(`line ${line} is not given: it must follow from the terms`);
    const figure = lines[line]?.columns[column];
    if (figure === undefined) throw new Error(`no line ${line} in ${accession}`);
    return figure;
}
