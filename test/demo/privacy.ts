import { Failure } from '@poolproof/gateway';
import { Refusal, assetClassOf, formatCell } from '@poolproof/chaincode/domain';

import type { Story } from './story';

const fields = [
    { name: 'assetNumber', heading: 'loan' },
    { name: 'obligorGeographicLocation', heading: 'state' },
    { name: 'vehicleManufacturerName', heading: 'make' },
    { name: 'obligorCreditScore', heading: 'score', align: 'right' },
    { name: 'originalInterestRatePercentage', heading: 'rate', align: 'right' },
    { name: 'reportingPeriodActualEndBalanceAmount', heading: 'balance', align: 'right' },
] as const;

/** Chapter 5: who sees loans, and who does not. */
export async function tellPrivacy(story: Story): Promise<void> {
    const { tell, cast, dealId } = story;
    await tell.step('The regulator reads loans of the deal', async () => {
        const chunk = await cast.regulator.tapes.loans(dealId, 0);
        const { loan } = assetClassOf('auto-loan');
        const rows = [0, 1, 2].map(row =>
            fields.map(({ name }) => {
                const field = loan.fields.find(each => each.name === name);
                return field ? formatCell(field, chunk.cell(row, name), 'USD') : '';
            }),
        );
        tell.table(fields, rows);
        tell.say(`... and ${(chunk.rows - rows.length).toLocaleString('en-US')} more of the first chunk.`);
    });
    await tell.step('Bank B and the asset manager try to read the same loans', async () => {
        for (const [name, desk] of [
            ['Bank B', cast.bankB],
            ['Asset Manager', cast.fund],
        ] as const)
            tell.refused(`${name} asks for the first chunk`, await reasonOf(() => desk.tapes.loans(dealId, 0)));
        const reason = await reasonOf(() => cast.fund.holdings.book('bank-b'));
        tell.refused("Asset Manager asks for Bank B's book", reason);
    });
}

/** Why a call was refused, in the words of whoever refused it. */
export async function reasonOf(act: () => Promise<unknown>): Promise<string> {
    try {
        await act();
    } catch (error) {
        if (error instanceof Refusal) return error.message;
        if (error instanceof Failure) return error.message;
        throw error;
    }
    throw new Error('this was to be refused, and was not');
}
