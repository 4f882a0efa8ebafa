import { Refusal } from '@poolproof/chaincode/domain';

import type { RefusalCode } from '@poolproof/chaincode/domain';

/** The code with which something is refused; anything else than a refusal fails the test. */
export async function codeOf(act: () => Promise<unknown>): Promise<RefusalCode> {
    return (await refusalOf(act)).code;
}

export async function refusalOf(act: () => Promise<unknown>): Promise<Refusal> {
    try {
        await act();
    } catch (error) {
        if (error instanceof Refusal) return error;
        throw error;
    }
    throw new Error('was not refused');
}
