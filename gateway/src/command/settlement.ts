import { batchReader, instructionsReader, instructReader } from '@poolproof/chaincode/domain';
import { Command } from 'commander';

import { atDesk, atDeskInParts } from './desk';
import { asJson } from './print';
import { example } from './example';
import { explanationOf } from './exit-code';
import { fromFile } from './request-file';
import { noticeLine } from './holding';
import { listOfDeal } from './money';
import { only, Overview, overview } from './overview';
import { printed } from './receipt';
import { SettlementAgent } from '../settlement-agent';
import { untilStopped } from './until-stopped';
import { whole } from './words';

import type { Connection } from '../connection';
import type { Instruct } from '@poolproof/chaincode/domain';
import type { Reader } from '../client/ledger';
import type { SettlementRound } from '../settlement-agent';

export function settlementCommand(): Command {
    const settle = new Command('settle').description('instructions, delivery versus payment, distributions');
    settle
        .command('instruct <file>')
        .description('place an instruction in your own book (JSON), or a list of up to 100 together, all or none')
        .addHelpText(
            'after',
            example(
                'poolproof --as fund settle instruct buy.json',
                'buy.json:\n  { "reference": "trade-7", "kind": "transfer", "side": "receive", "counterparty": "bank-b",\n    "asset": "note:auto-2026-1:A-1", "quantity": "100000000",\n    "payment": { "means": "deposit", "asset": "cash:USD:bank-b", "amount": "99500000" },\n    "settlementDay": "2026-02-03", "expiryDay": "2026-02-10" }',
                kinds,
            ),
        )
        .action(atDesk(({ settlements }, [file = '']) => printed(settlements.instructAll(fromFile(file, oneOrMore)))));
    settle
        .command('cancel <reference>')
        .description('withdraw an instruction that has not settled')
        .addHelpText('after', example('poolproof --as fund settle cancel trade-7'))
        .action(atDesk(({ settlements }, [reference = '']) => printed(settlements.cancel({ reference }))));
    settle
        .command('pending')
        .description(
            'depository: the pairs of instructions that may settle today, what has expired, and what is to be filed',
        )
        .addHelpText('after', example('poolproof --as trust settle pending'))
        .action(atDesk(({ settlements }) => pendingAtAGlance(settlements)));
    settle
        .command('batch [file]')
        .description('depository: settle the pairs of a JSON file together, or all that are pending')
        .addHelpText(
            'after',
            example(
                'poolproof --as trust settle batch',
                'poolproof --as trust settle batch pairs.json',
                'pairs.json:\n  { "pairs": [{ "reference": "trade-7", "deliverer": "bank-b", "receiver": "fund" }] }',
            ),
        )
        .action(atDesk((connection, [file]) => settleBatch(connection, file)));
    settle
        .command('file')
        .description('depository: file away what is closed, as the agent does when it has time')
        .addHelpText('after', example('poolproof --as trust settle file'))
        .action(atDesk(({ settlements }) => fileClosed(settlements)));
    settle
        .command('agent')
        .description('depository: settle what both sides have instructed, round after round, until interrupted')
        .option('--pause <milliseconds>', 'rest between rounds', '1000')
        .addHelpText(
            'after',
            example(
                'poolproof --as trust settle agent --pause 2000',
                'poolproof --as trust --log-format json --metrics-port 9464 settle agent',
                'As JSON, a round that did something a line.',
            ),
        )
        .action(
            atDeskInParts(({ settlements }, _args, { pause, json }) =>
                runAgent(settlements, whole(pause, '--pause'), Boolean(json)),
            ),
        );
    settle
        .command('distribute <deal> <period>')
        .description('depository: pay the run of a period')
        .addHelpText('after', example('poolproof --as trust settle distribute auto-2026-1 1'))
        .action(
            atDesk(({ settlements }, [dealId = '', period]) =>
                printed(settlements.distribute({ dealId, period: whole(period, 'period') })),
            ),
        );
    settle
        .command('pay-out <deal>')
        .description('depository: pay what is left in the account of a deal that has ended, as its last distribution')
        .addHelpText(
            'after',
            example(
                'poolproof --as trust settle pay-out auto-2026-1',
                'To classes that are still owed first, then to whom the terms give all that is left, or to the originator.',
            ),
        )
        .action(atDesk(({ settlements }, [dealId = '']) => printed(settlements.payOut({ dealId }))));
    settle
        .command('statement <deal> <period>')
        .description('trustee, depository, regulator: what every holder was paid')
        .addHelpText('after', example('poolproof --as trust settle statement auto-2026-1 1'))
        .action(
            atDesk(({ settlements }, [dealId = '', period]) =>
                overview(settlements.statement(dealId, whole(period, 'period')), noticeLine),
            ),
        );
    addWaiting(settle, { suffix: '', kind: 'holder', who: 'a holder', named: 'fund' });
    addWaiting(settle, {
        suffix: '-payable',
        kind: 'payee',
        who: 'a payee of the terms, by its role,',
        named: 'servicer',
    });
    settle
        .command('confirm-payment <reference> <payment>')
        .description('deliverer: cash paid outside for an instruction has arrived, under this payment reference')
        .addHelpText('after', example('poolproof --as bank-b settle confirm-payment trade-7 WIRE-2026-0043'))
        .action(
            atDesk(({ settlements }, [reference = '', paymentReference = '']) =>
                printed(settlements.confirmPayment({ reference, paymentReference })),
            ),
        );
    settle
        .command('distributions <deal>')
        .description('what each class was paid')
        .addHelpText('after', example('poolproof --as fund settle distributions auto-2026-1'))
        .action(
            atDesk((connection, [dealId = '']) =>
                listOfDeal(
                    connection,
                    dealId,
                    connection.settlements.distributions(dealId),
                    only('period', 'status', 'run', 'paidOn', 'total'),
                ),
            ),
        );
    return settle;
}

/** Whom something waits for: a holder, or a payee of the terms. */
interface Waits {
    readonly suffix: '' | '-payable';
    readonly kind: 'holder' | 'payee';
    readonly who: string;
    /** An example. */
    readonly named: string;
}

/** The commands on what waits at the depository. */
function addWaiting(settle: Command, { suffix, kind, who, named }: Waits): void {
    const which = ([dealId = '', period, whom = '']: readonly string[]) => {
        const payment = { dealId, period: whole(period, 'period') };
        return kind === 'holder' ? { ...payment, holder: whom } : { ...payment, payee: whom };
    };
    const asked = (verb: string, more = '') =>
        example(`poolproof --as trust settle ${verb}${suffix} auto-2026-1 1 ${named}${more}`);
    settle
        .command(`release${suffix} <deal> <period> <${kind}>`)
        .description(`depository: pay ${who} into its book what has waited for it`)
        .addHelpText('after', asked('release'))
        .action(atDesk(({ settlements }, args) => printed(settlements.release(which(args)))));
    settle
        .command(`send${suffix} <deal> <period> <${kind}> <reference>`)
        .description(`depository: ${who} has been paid outside, under this payment reference`)
        .addHelpText('after', asked('send', ' WIRE-2026-0042'))
        .action(
            atDesk(({ settlements }, args) =>
                printed(settlements.send({ ...which(args), paymentReference: args[3] ?? '' })),
            ),
        );
    settle
        .command(`take-back${suffix} <deal> <period> <${kind}> <reason>`)
        .description(`depository: what was sent to ${who} has come back; it is kept for it`)
        .addHelpText('after', asked('take-back', ' "account closed"'))
        .action(
            atDesk(({ settlements }, args) => printed(settlements.takeBack({ ...which(args), reason: args[3] ?? '' }))),
        );
}

/** What the file may say, for those who write one. */
const kinds = `Quantities and amounts are in minor units. The counterparty says the same with the other side, under the same reference.
  "kind"      what it is, and who delivers:
    transfer  notes or cash change hands; whoever has them delivers
    pledge    notes are charged for a lender, which receives; "enforceableFrom": the day from which it may take them
    release   the lender delivers a charge back; "lien": the reference of the pledge
    enforce   the lender alone (counterparty: itself), "lien" and "pledgor": takes what was not redeemed
    issue     a bank alone (counterparty: itself) makes deposits into its own account, from which it transfers them
    redeem    a bank alone takes its own deposits back
  "payment"   the money for it; without, it is free of payment:
    { "means": "deposit", "asset": "cash:USD:bank-b", "amount": "99500000" }      moves with it
    { "means": "outside", "currency": "USD", "amount": "99500000" }               the deliverer confirms it
  "account"   of a side that receives cash: a deal's account that it keeps, by the deal's id, as for collections
  "partial"   true: may settle in parts, where both sides say so

bank-b issues deposits, and hands them to the fund:
  [{ "reference": "issue-1", "kind": "issue", "side": "deliver", "counterparty": "bank-b",
     "asset": "cash:USD:bank-b", "quantity": "100000000", "settlementDay": "2026-02-03", "expiryDay": "2026-02-10" },
   { "reference": "fund-1", "kind": "transfer", "side": "deliver", "counterparty": "fund",
     "asset": "cash:USD:bank-b", "quantity": "100000000", "settlementDay": "2026-02-03", "expiryDay": "2026-02-10" }]

A list of instructions, in [ ], is placed together, and settles faster.`;

const oneOrMore: Reader<readonly Instruct[]> = (value, at) =>
    Array.isArray(value) ? instructionsReader(value, at) : [instructReader(value, at)];

async function settleBatch({ settlements }: Connection, file: string | undefined): Promise<object> {
    const { pairs } = file === undefined ? await settlements.pending() : fromFile(file, batchReader);
    return pairs.length === 0 ? { settled: 0 } : printed(settlements.settle({ pairs }));
}

/** Who waits for whom; on which sheets, the agent finds out. */
async function pendingAtAGlance(settlements: Connection['settlements']): Promise<Overview> {
    const pending = await settlements.pending();
    const pairs = pending.pairs.map(({ reference, deliverer, receiver }) => ({ reference, deliverer, receiver }));
    return new Overview(pending, { pairs, expired: pending.expired, toBeFiled: pending.closed.length });
}

async function fileClosed(settlements: Connection['settlements']): Promise<object> {
    return { filed: await new SettlementAgent(settlements).file() };
}

async function runAgent(settlements: Connection['settlements'], pause: number, json: boolean): Promise<undefined> {
    let told: ReadonlyMap<string, string> = new Map();
    await new SettlementAgent(settlements).run({
        pause,
        signal: untilStopped(),
        tell: ({ settled, refused, expired }) => {
            // What cannot settle is tried in every round, and told when the reason is new.
            const fresh = refused.filter(({ pair, code }) => told.get(pair.reference) !== code);
            told = new Map(refused.map(({ pair, code }) => [pair.reference, code]));
            const round = { settled: settled.map(({ reference }) => reference), refused: fresh, expired };
            if (json) process.stdout.write(didSomething(round) ? asJson(round) : '');
            else process.stdout.write(roundText(round));
        },
        tellFailure: failure => process.stderr.write(explanationOf(failure, { json })),
    });
    return undefined;
}

type Round = Pick<SettlementRound, 'expired' | 'refused'> & { readonly settled: readonly string[] };

function didSomething({ settled, refused, expired }: Round): boolean {
    return settled.length > 0 || refused.length > 0 || expired > 0;
}

function roundText({ settled, refused, expired }: Round): string {
    return [
        ...settled.map(reference => `${reference}  settled\n`),
        ...(expired > 0 ? [`${expired} expired\n`] : []),
        ...refused.map(({ pair, code }) => `${pair.reference}  ${code}\n`),
    ].join('');
}
