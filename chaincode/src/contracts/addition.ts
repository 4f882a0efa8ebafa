import { Info, Returns, Transaction } from 'fabric-contract-api';

import {
    acceptAddition,
    acceptAdditionRequest,
    declineAddition,
    declineAdditionRequest,
    offerAddition,
    offerAdditionRequest,
} from '../domain/addition';
import { Additions } from '../ledger/addition';
import { Context } from '../ledger/context';
import { Contract } from '../ledger/contract';
import { Deals } from '../ledger/deal';
import { readJson } from '../domain/shape';
import { Reports } from '../ledger/report';
import { Substitutions } from '../ledger/substitution';
import { tapeCollection } from '../domain/deal';
import { Tapes } from '../ledger/tape';

@Info({ title: 'Additions', description: 'Loans that join the pool of a live deal, bought or in exchange for others' })
export class AdditionContract extends Contract {
    constructor() {
        super('addition');
    }

    /** The originator offers recorded chunks: tested as the tape was, and the whole pool with them. */
    @Transaction()
    @Returns('string')
    async offer(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, offerAdditionRequest);
        const deal = await new Deals(ctx).loadAs('originator', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const offered = offerAddition(asked, await new Additions(ctx).offerFacts(deal, asked));
                await new Tapes(ctx).save(offered.tape);
                await new Substitutions(ctx).save(deal, offered.substitutions);
                const { number, period } = offered.offer;
                return ctx.reply({ type: 'AdditionOffered', dealId: deal.id, number, period });
            },
            tapeCollection(deal),
        );
    }

    /** The trustee accepts the offer whose chunks it has pledged: the pool has grown. */
    @Transaction()
    @Returns('string')
    async accept(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, acceptAdditionRequest);
        const deal = await new Deals(ctx).loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const accepted = acceptAddition(asked, await new Additions(ctx).answerFacts(deal));
                await new Tapes(ctx).save(accepted.tape);
                await new Reports(ctx).save(accepted.period);
                await new Substitutions(ctx).save(deal, accepted.substitutions);
                const { number, period, root, count } = accepted.addition;
                return ctx.reply({ type: 'AdditionAccepted', dealId: deal.id, number, period, root, count });
            },
            tapeCollection(deal),
        );
    }

    /** The trustee declines the offer. */
    @Transaction()
    @Returns('string')
    async decline(ctx: Context, request: string): Promise<string> {
        const asked = readJson(request, declineAdditionRequest);
        const deal = await new Deals(ctx).loadAs('trustee', asked.dealId);
        return ctx.once(
            asked,
            async () => {
                const declined = declineAddition(asked, await new Additions(ctx).answerFacts(deal));
                await new Tapes(ctx).save(declined.tape);
                await new Substitutions(ctx).save(deal, declined.substitutions);
                return ctx.reply({ type: 'AdditionDeclined', dealId: deal.id, reason: asked.reason });
            },
            tapeCollection(deal),
        );
    }
}
