import { Refusal } from '@poolproof/chaincode/domain';
import { findRefusal } from '@poolproof/gateway';

describe('a refusal that comes back from a peer', () => {
    const said = (message: string) => [{ address: 'peer0.trust.example.com:7051', mspId: 'TrustMSP', message }];

    it("is the domain's own class again, with code, details, transaction and who refused", () => {
        const thrown = new Refusal('REQUEST_INVALID', { at: 'request.tranches[2].coupon', problem: 'not a rate' });
        const refused = findRefusal(said(`chaincode response 500, ${thrown.message}`), 'f00d');
        expect(refused).toBeInstanceOf(Refusal);
        expect(refused).toMatchObject({
            code: 'REQUEST_INVALID',
            message: thrown.message,
            details: thrown.details,
            transactionId: 'f00d',
            refusedBy: 'TrustMSP',
        });
        expect(refused?.remedy).toMatch(/^Correct the field/);
    });

    it('is found behind peers that failed for other reasons', () => {
        const details = [
            ...said('connection refused'),
            ...said('chaincode response 500, AMOUNT_INVALID: a is not a valid amount: b'),
        ];
        expect(findRefusal(details, 'f00d')?.code).toBe('AMOUNT_INVALID');
    });

    it('is not seen where a peer merely shouts', () => {
        expect(findRefusal(said('GRPC_SSL_ERROR: something else'), 'f00d')).toBeUndefined();
        expect(findRefusal(said('failed to endorse transaction'), 'f00d')).toBeUndefined();
    });
});
