import { assetClasses, assetClassOf, identityOf, isNoData } from '@poolproof/chaincode/domain';

import {
    bankA,
    consortium,
    fund,
    issued,
    loan as autoLoan,
    privately,
    requestId,
    stateChunk,
    submitted,
    trustee,
} from './builders';
import { codeOf } from './refuses';

import type { AssetClass, Cell, Field } from '@poolproof/chaincode/domain';
import type { MemoryLedger } from './memory-ledger';
import type { Row } from './builders';

let ledger: MemoryLedger;

beforeEach(async () => {
    ledger = await consortium();
});

/** A value that the field may hold. */
function valueOf({ name, type, least = 0 }: Field, number: string): Cell {
    switch (type) {
        case 'text':
            return `${name.slice(0, 12)} ${number}`;
        case 'flag':
            return true;
        case 'month':
            return '2025-06';
        case 'day':
            return '2025-06-30';
        default:
            return Math.max(least, 12);
    }
}

/** An asset with a value in every field. */
function asset({ loan, loanRoles }: AssetClass, number: string): Row {
    const cells = Object.fromEntries(loan.fields.map(field => [field.name, valueOf(field, number)]));
    return { ...cells, [loanRoles.balance]: 1_000_000 };
}

describe.each(Object.values(assetClasses))('the class $name', assetClass => {
    const { id, identity, loan, loanRoles, state, stateRoles } = assetClass;
    const assets = ['1', '2', '3', '4', '5', '6'].map(number => asset(assetClass, number));
    const rules = { assetClass: id, fewestLoans: 5 };
    const named = (name: string, fields: readonly Field[]) => fields.some(field => field.name === name);

    it('has every field that its roles, identity, averages and strata name, each once', () => {
        const { averages, stateAverages, strata } = assetClass;
        const ofLoans = [
            ...Object.values(loanRoles),
            ...identity.fields,
            ...averages,
            ...strata.map(each => each.field),
        ];
        const { repurchasedCodes, ...roles } = stateRoles;
        expect(repurchasedCodes.length).toBeGreaterThan(0);
        expect(ofLoans.filter(name => !named(name, loan.fields))).toEqual([]);
        expect([...Object.values(roles), ...stateAverages].filter(name => !named(name, state.fields))).toEqual([]);
        for (const { fields } of [loan, state])
            expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
        for (const name of [...identity.fields, loanRoles.number, loanRoles.balance])
            expect([name, loan.fields.find(field => field.name === name)?.required]).toEqual([name, true]);
    });

    it('is recorded, pledged, sealed and reported', async () => {
        await issued(ledger, 'deal-1', assets, { rules });
        const states = Object.fromEntries(
            assets.map(row => [
                String(row[loanRoles.number]),
                { [stateRoles.endBalance]: 990_000, [stateRoles.principal]: 10_000, [stateRoles.paid]: 10_000 },
            ]),
        );
        const asked = { dealId: 'deal-1', period: 1, version: 1 };
        await ledger.submit(
            bankA,
            'report:recordStates',
            { requestId: requestId(), ...asked, number: 0 },
            stateChunk(assets, states, assetClass),
        );
        await ledger.submit(bankA, 'report:file', { requestId: requestId(), ...asked }, privately());
        await ledger.submit(trustee, 'report:confirm', { requestId: requestId(), ...asked }, privately());
        const tape = await ledger.evaluate(fund, 'tape:read', { dealId: 'deal-1' });
        expect(tape).toMatchObject({ status: 'sealed', pool: { count: 6, balance: '6000000' } });
        const report = await ledger.evaluate(fund, 'report:read', { dealId: 'deal-1', period: 1 });
        expect(report).toMatchObject({
            versions: [{ facts: { principalCollections: '60000', poolBalanceEnding: '5940000' }, exceptions: {} }],
        });
    });

    it('takes a reason for no value in any field that is not required, and none in one that is', async () => {
        const open = loan.fields.filter(({ required }) => !required).map(({ name }) => [name, 'ND2'] as const);
        expect(open.every(([, code]) => isNoData(code))).toBe(true);
        const silent = assets.map(row => ({ ...row, ...Object.fromEntries(open) }));
        await submitted(ledger, 'deal-1', silent, { rules });
        const [first] = identity.fields;
        const hidden = assets.map(row => ({ ...row, [first ?? '']: 'ND2' }));
        expect(await codeOf(() => submitted(ledger, 'deal-2', hidden, { rules }))).toBe('FIELD_INVALID');
    });

    it.each([
        ['a space that has no width', 'AB\u200b-123'],
        ['full width', '\uff21\uff22\uff0d\uff11\uff12\uff13'],
        ['Cyrillic letters', '\u0430\u0412-123'],
        ['Greek letters', '\u0391\u0392\u2010123'],
        ['an accent of its own', 'A\u0300B-123'],
        ['an accent in the letter', '\u00c0B-123'],
        ['a mark of direction', '\u202eab-123'],
        ['a filler', 'AB-\u3164123'],
        ['bytes that are no text', 'AB-\ufffd123'],
    ])('knows an asset again that is written with %s', (_, written) => {
        const { fields } = identity;
        const [own, others] = ['ab-123', fields.slice(1).map(() => 'x')];
        expect(identityOf(assetClass, [written, ...others])).toEqual(identityOf(assetClass, [own, ...others]));
        expect(identityOf(assetClass, ['AB-132', ...others])).not.toEqual(identityOf(assetClass, [own, ...others]));
    });

    it('knows an asset again, however its identity is written', async () => {
        await issued(ledger, 'deal-1', assets, { rules });
        const [first] = assets;
        const again = Object.fromEntries(
            identity.fields.map(name => [name, ` ${String(first?.[name]).toLowerCase().replace(' ', '  ')}`]),
        );
        const offered = [{ ...asset(assetClass, '9'), ...again }];
        await submitted(ledger, 'deal-2', offered, { rules });
        const pledge = () =>
            ledger.submit(
                trustee,
                'pledge:pledge',
                { requestId: requestId(), dealId: 'deal-2', number: 0 },
                privately(),
            );
        expect(await codeOf(pledge)).toBe('ASSET_ALREADY_PLEDGED');
    });
});

it('keeps one contract from being pledged under two classes', async () => {
    const consumer = assetClassOf('consumer-loan');
    const loans = ['1', '2'].map(number => ({
        ...asset(consumer, number),
        lenderLicence: 'Bank A',
        contractNumber: number,
    }));
    await issued(ledger, 'deal-1', loans, { rules: { assetClass: 'consumer-loan' } });
    await submitted(ledger, 'deal-2', [autoLoan('2')]);
    const pledge = () =>
        ledger.submit(trustee, 'pledge:pledge', { requestId: requestId(), dealId: 'deal-2', number: 0 }, privately());
    expect(await codeOf(pledge)).toBe('ASSET_ALREADY_PLEDGED');
});
