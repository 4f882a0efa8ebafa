import { allot, isOffered, issue, order, withdrawOrder } from './issuing';
import { clientOf } from './scene';
import { dealId, dollars, trust } from '../desk';
import { investors } from './founding';

import type { Act } from './act';
import type { Scene } from './scene';

/** What investors and the depository do until the notes are issued. */
export class Issuing {
    constructor(private readonly scene: Scene) {}

    order(): Act {
        const { random, table } = this.scene;
        const investor = random.of(investors);
        const className = random.of(this.classNames());
        const { original, minimum, increment } = table.classOf(className);
        const steps = Number((original - minimum) / increment) + 1;
        const whole = minimum + increment * BigInt(random.below(steps));
        const ordered = {
            className,
            face: random.oneIn(4) ? original : random.oneIn(15) ? BigInt(random.below(3_000_000) + 1) : whole,
            ...(random.oneIn(4) && { minimum: BigInt(random.below(300_000) + 1) }),
            ...(random.oneIn(3) && { limit: `${98 + random.below(3)}.${random.below(100)}%` }),
        };
        return {
            client: clientOf(investor),
            transaction: 'tranche:order',
            hidden: ['order', { dealId, ...ordered }],
            model: () => order(table, investor, ordered),
        };
    }

    withdraw(): Act | undefined {
        const { random, table } = this.scene;
        if (table.orders.size === 0) return undefined;
        const [investor = '', className = ''] = random.of([...table.orders.keys()]).split('|');
        return {
            client: clientOf(investor),
            transaction: 'tranche:withdraw',
            hidden: ['order', { dealId, className }],
            model: () => withdrawOrder(table, investor, className),
        };
    }

    /** All orders, now and then without one of them, with one named twice, or without the price of a class. */
    allot(): Act | undefined {
        const { random, table } = this.scene;
        const names = [...table.orders.keys()].filter(() => !random.oneIn(30));
        if (names.length === 0) return undefined;
        if (random.oneIn(6)) names.push(random.of(names));
        const prices = this.classNames()
            .filter(() => !random.oneIn(40))
            .map(className => ({ className, price: random.of(['100%', '99.5%', '99.98765%', '100.5%', '98.1%']) }));
        if (prices.length === 0) return undefined;
        const orders = names.map(name => {
            const [investor, className] = name.split('|');
            return { investor, className };
        });
        const byClass = Object.fromEntries(prices.map(({ className, price }) => [className, price]));
        return {
            client: trust,
            transaction: 'tranche:allot',
            hidden: ['allotment', { dealId, prices, orders }],
            model: () => allot(table, byClass, names),
        };
    }

    issue(): Act {
        const { table } = this.scene;
        const closing = { cash: dollars, dealAccount: `trust|${dealId}`, originator: 'bank-a', retained: 15_000n };
        return { client: trust, transaction: 'tranche:issue', asked: { dealId }, model: () => issue(table, closing) };
    }

    close(): Act {
        const { table } = this.scene;
        const isIssued = () => ![...table.classes.values()].some(isOffered);
        return {
            ...{ client: trust, transaction: 'deal:close', asked: { id: dealId } },
            model: () => {
                if (table.deal !== 'sealed' || !isIssued()) return false;
                table.deal = 'issued';
                return true;
            },
        };
    }

    private classNames(): string[] {
        return [...this.scene.table.classes.keys()].map(asset => asset.split(':')[2] ?? '');
    }
}
