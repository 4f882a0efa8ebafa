import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash } from '@hyperledger/fabric-gateway';
import { newSigner } from '@poolproof/gateway';

import { shownLoan } from './synthetic-loans';

import type { Contract } from '@hyperledger/fabric-gateway';
import type { Desk, Desks } from './network';

/** Loans a transaction, how many in all, and transactions under way at a time: enough that both peers are always busy. */
const ways = [
    { batch: 1, loans: 400, inFlight: 64 },
    { batch: 100, loans: 4_000, inFlight: 8 },
    { batch: 1_000, loans: 8_000, inFlight: 4 },
] as const;

/**
 * The way of one key per loan (control-chaincode), recorded by the originator and pledged by the trustee, on the same network. It does not
 * recompute, prove or seal anything.
 * @returns for each number of loans a transaction, loans a second
 */
export async function controlRates(desks: Desks): Promise<Map<number, number>> {
    const [bank, trust] = [contractOf(desks['bank-a']), contractOf(desks.trust)];
    const rates = new Map<number, number>();
    let from = 0;
    for (const { batch, loans, inFlight } of ways) {
        const batches = Array.from({ length: loans / batch }, (_, i) =>
            Array.from({ length: batch }, (_, k) => shownLoan(from + i * batch + k)),
        );
        from += loans;
        const started = performance.now();
        const both = [desks['bank-a'].identity.mspId, desks.trust.identity.mspId];
        await each(batches, inFlight, some => submit(bank.contract, 'control:record', both, some));
        const numbers = batches.map(some => some.map(({ assetNumber }) => assetNumber));
        await each(numbers, inFlight, some => submit(trust.contract, 'control:pledge', both.slice(1), some));
        rates.set(batch, loans / ((performance.now() - started) / 1000));
    }
    bank.close();
    trust.close();
    return rates;
}

async function submit(contract: Contract, name: string, endorsers: string[], input: unknown): Promise<void> {
    const transientData = { input: Buffer.from(JSON.stringify(input)) };
    await contract.submit(name, { transientData, endorsingOrganizations: endorsers });
}

async function each<T>(values: readonly T[], inFlight: number, act: (value: T) => Promise<void>): Promise<void> {
    const left = values.values();
    const lane = async () => {
        for (const value of left) await act(value);
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
}

/** The unmodified client of Fabric, signing with OpenSSL as ours does. */
function contractOf({ identity, peers, channel, chaincode }: Desk) {
    const [peer] = peers;
    if (peer === undefined) throw new Error('no peer');
    const client = new Client(peer.address, credentials.createSsl(Buffer.from(peer.tlsRootPem)), {
        'grpc.ssl_target_name_override': peer.tlsHostName,
    });
    const gateway = connect({
        client,
        identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
        signer: newSigner(identity.privateKeyPem),
        hash: hash.none,
    });
    return {
        contract: gateway.getNetwork(channel).getContract(chaincode),
        close: () => {
            gateway.close();
            client.close();
        },
    };
}
