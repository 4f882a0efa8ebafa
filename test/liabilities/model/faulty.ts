import type * as deal from '../../../chaincode/dist/domain/deal';
import type * as holding from '../../../chaincode/dist/domain/holding';
import type * as instruction from '../../../chaincode/dist/domain/instruction';
import type * as leg from '../../../chaincode/dist/domain/leg';
import type * as lien from '../../../chaincode/dist/domain/lien';
import type * as rate from '../../../chaincode/dist/domain/rate';
import type * as reinstatement from '../../../chaincode/dist/domain/reinstatement';
import type * as request from '../../../chaincode/dist/ledger/request';
import type * as retirement from '../../../chaincode/dist/domain/retirement';
import type * as share from '../../../chaincode/dist/domain/share';
import type * as standing from '../../../chaincode/dist/domain/standing';
import type * as surplus from '../../../chaincode/dist/domain/surplus';
import type * as tranche from '../../../chaincode/dist/domain/tranche';
import type * as waiting from '../../../chaincode/dist/domain/waiting';
import type { Amount } from '@poolproof/chaincode/domain';

/** Modules of the chaincode, by their place in it. */
interface Modules {
    readonly 'domain/deal': typeof deal;
    readonly 'domain/holding': typeof holding;
    readonly 'domain/instruction': typeof instruction;
    readonly 'domain/leg': typeof leg;
    readonly 'domain/lien': typeof lien;
    readonly 'domain/rate': typeof rate;
    readonly 'domain/reinstatement': typeof reinstatement;
    readonly 'domain/retirement': typeof retirement;
    readonly 'domain/share': typeof share;
    readonly 'domain/standing': typeof standing;
    readonly 'domain/surplus': typeof surplus;
    readonly 'domain/tranche': typeof tranche;
    readonly 'domain/waiting': typeof waiting;
    readonly 'ledger/request': typeof request;
}

export interface Fault {
    /** What a contract with it does: `forgets liens`. */
    readonly name: string;
    /** Puts it into the chaincode of this process. @returns how to mend it */
    break(): () => void;
}

/** What other modules call of a module is replaced. */
function fault<M extends keyof Modules, R extends keyof Modules[M] & string>(
    name: string,
    module: M,
    rule: R,
    instead: (right: Modules[M][R]) => Modules[M][R],
): Fault {
    const put = () => {
        const loaded = jest.requireActual<Record<R, Modules[M][R]>>(`../../../../chaincode/dist/${module}`);
        const right = loaded[rule];
        loaded[rule] = instead(right);
        return () => {
            loaded[rule] = right;
        };
    };
    return { name, break: put };
}

/** What a contract could do wrong with the books, one thing at a time. */
export const faults: readonly Fault[] = [
    fault('lets anybody hold any notes', 'domain/standing', 'isEligible', () => () => true),
    fault('lets what is withdrawn or over settle', 'domain/instruction', 'mustBeOpen', () => () => undefined),
    fault('does not withdraw', 'domain/instruction', 'cancel', () => placed => placed),
    fault('closes what may still settle', 'domain/instruction', 'expire', () => placed => {
        return { ...placed, status: 'expired' };
    }),
    fault('forgets liens', 'domain/lien', 'liensAfter', () => () => []),
    fault('delivers without payment', 'domain/leg', 'legOf', right => pair => {
        return { ...right(pair), movements: right(pair).movements.slice(0, 1) };
    }),
    fault('takes a cent too much', 'domain/leg', 'legOf', right => pair => {
        const [asset, ...cash] = right(pair).movements;
        const dearer = cash.map(each => ({ ...each, quantity: (each.quantity + 1n) as Amount }));
        return { ...right(pair), movements: asset ? [asset, ...dearer] : [] };
    }),
    fault('gives the first holder a cent of the last one’s', 'domain/share', 'share', right => (total, weights) => {
        const last = weights.length - 1;
        const shift = (i: number) => (last === 0 ? 0n : i === 0 ? 1n : i === last ? -1n : 0n);
        return right(total, weights).map((part, i) => (part + shift(i)) as Amount);
    }),
    fault('pays who holds now', 'domain/holding', 'quantityOn', () => held => (held.free + held.pledged) as Amount),
    fault('leaves pledged notes when a class is redeemed', 'domain/retirement', 'takenBack', right => (...given) => {
        return right(...given).filter(({ from }) => from !== 'issuer' && from.part === 'free');
    }),
    fault('does not write down what is outstanding', 'domain/tranche', 'withSupply', () => record => record),
    fault('redeems no class', 'domain/tranche', 'payClass', right => (record, paid, today) => {
        return { ...right(record, paid, today), status: record.status };
    }),
    fault('rounds prices down', 'domain/rate', 'portion', right => (amount, part) => right(amount, part, 'down')),
    fault('reinstates more than was lost', 'domain/reinstatement', 'reinstate', () => (asked, { before }) => {
        return { ...before, reinstated: [...before.reinstated, asked] };
    }),
    fault('pays who is suspended', 'domain/waiting', 'release', right => (waiting, today) => {
        const { receiver } = waiting;
        return right({ ...waiting, receiver: receiver && { ...receiver, active: true } }, today);
    }),
    fault('loses what comes back', 'domain/waiting', 'takeBack', right => (...given) => {
        return { ...right(...given), movements: [] };
    }),
    fault('pays out what a deal still needs', 'domain/surplus', 'surplusRun', right => facts => {
        return right({ ...facts, deal: { ...facts.deal, status: 'closed' } });
    }),
    fault('ends a deal that owes', 'domain/deal', 'endDeal', () => (ending, _classes, _unpaid, ended) => {
        return { ...ending, status: 'closed', ended };
    }),
    fault('carries a request out each time it is sent', 'ledger/request', 'once', () => (_ctx, _id, _in, act) => act()),
];
