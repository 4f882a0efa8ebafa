import { Contract as FabricContract } from 'fabric-contract-api';

import { Refusal } from '../domain/refusal';
import { Context } from './context';

/** A contract of one noun. Its transactions take one JSON request and return canonical JSON. */
export abstract class Contract extends FabricContract {
    override createContext(): Context {
        return new Context();
    }

    override async beforeTransaction(ctx: Context): Promise<void> {
        await ctx.identify();
    }

    /** @throws Refusal TRANSACTION_UNKNOWN */
    override unknownTransaction(ctx: Context): Promise<void> {
        const { fcn } = ctx.stub.getFunctionAndParameters();
        throw new Refusal('TRANSACTION_UNKNOWN', { name: fcn });
    }
}
