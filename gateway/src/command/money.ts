import { formatAmount, partsOfAsset } from '@poolproof/chaincode/domain';

import { overview } from './overview';

import type { Amount, Asset, Currency } from '@poolproof/chaincode/domain';
import type { Connection } from '../connection';

/** A result whose amounts people are shown in a currency, with its decimals; programs get minor units. */
export class InCurrency {
    constructor(
        readonly result: unknown,
        readonly currency: Currency,
    ) {}
}

/** An amount as people are shown it: it stands on the right of its column, as numbers do. */
export class Shown {
    readonly text: string;

    constructor(amount: bigint, currency: Currency) {
        this.text = formatAmount(amount as Amount, currency);
    }
}

/** What is held of a cash asset, in its currency. */
export function cashShown(cash: Asset, amount: Amount): Shown {
    const parts = partsOfAsset(cash);
    return new Shown(amount, parts.kind === 'cash' ? parts.currency : 'USD');
}

/** A result about a deal, in the deal's currency. */
export async function ofDeal({ deals }: Connection, dealId: string, asked: Promise<unknown>): Promise<InCurrency> {
    const result = await asked;
    const { currency } = await deals.read(dealId);
    return new InCurrency(result, currency);
}

/** A list about a deal, at a glance, in the deal's currency. */
export function listOfDeal<T>(
    connection: Connection,
    dealId: string,
    asked: Promise<readonly T[]>,
    row: (item: T) => object,
): Promise<InCurrency> {
    return ofDeal(connection, dealId, overview(asked, row));
}

/** Every amount of a result as it is shown: amounts are bigint wherever there are any, counts are not. An exact rate stays a fraction. */
export function inCurrency(value: unknown, currency: Currency): unknown {
    if (typeof value === 'bigint') return new Shown(value, currency);
    if (typeof value !== 'object' || value === null || value instanceof Shown) return value;
    if (Array.isArray(value)) return value.map(item => inCurrency(item, currency));
    if (isFraction(value)) return `${value.n}/${value.d}`;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inCurrency(member, currency)]));
}

/** Amounts of different assets, each in its own currency: notes are in that of their deal. */
export class AssetAmounts {
    private readonly known = new Map<string, Promise<Currency>>();

    constructor(private readonly connection: Connection) {}

    async of(asset: Asset, amount: Amount): Promise<Shown> {
        const parts = partsOfAsset(asset);
        return new Shown(amount, parts.kind === 'cash' ? parts.currency : await this.currencyOf(parts.dealId));
    }

    async ofDeal(dealId: string, result: object): Promise<object> {
        return inCurrency(result, await this.currencyOf(dealId)) as object;
    }

    private currencyOf(dealId: string): Promise<Currency> {
        const asked = this.known.get(dealId) ?? this.connection.deals.read(dealId).then(({ currency }) => currency);
        this.known.set(dealId, asked);
        return asked;
    }
}

function isFraction(value: object): value is { readonly n: bigint; readonly d: bigint } {
    return 'n' in value && 'd' in value && typeof value.n === 'bigint' && typeof value.d === 'bigint';
}
