import { randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import { Authority } from '@poolproof/network/dist/authority';
import { parseSignaturePolicy } from '@poolproof/network/dist/embedded/ledger';
import type { Simulator } from '@poolproof/network/dist/embedded/ledger';
import { Signer } from '@poolproof/network/dist/embedded/signer';
import { Code, LedgerNetwork, text, value } from './ledger-fixture';

const orgs = ['BankAMSP', 'BankBMSP', 'TrustMSP'];
const majority = ['BankAMSP', 'TrustMSP'];

const put =
    (key: string, content = 'x') =>
    (simulator: Simulator): void =>
        simulator.putState('cc', key, value(content));

const guardedBy =
    (key: string, policy: string) =>
    (simulator: Simulator): void => {
        const parameter = parseSignaturePolicy(policy).serializeBinary();
        simulator.setStateMetadata('cc', key, new Map([['VALIDATION_PARAMETER', parameter]]));
    };

/** The other valid S of a DER signature on P-256. */
function withHighS(der: Uint8Array): Uint8Array {
    const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
    const at = 4 + der[3]!;
    const s = BigInt(`0x${Buffer.from(der.subarray(at + 2)).toString('hex')}`);
    const high = Buffer.from(`00${(order - s).toString(16).padStart(64, '0')}`, 'hex');
    const body = Buffer.concat([der.subarray(2, at), Buffer.from([0x02, high.length]), high]);
    return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function policyWithoutPrincipals(): Uint8Array {
    const policy = parseSignaturePolicy("OR('BankAMSP.peer')");
    policy.setIdentitiesList([]);
    return policy.serializeBinary();
}

describe('validation', () => {
    let network: LedgerNetwork;

    beforeAll(async () => {
        network = await LedgerNetwork.open(orgs);
        await network.define();
    });

    const stored = (key: string): string | undefined =>
        text(network.read('BankBMSP', simulator => simulator.getState('cc', key)));

    it('commits what a majority endorsed, on every peer', async () => {
        expect(await network.submit(put('deal', 'one'), { endorsers: majority })).toBe(Code.VALID);
        for (const mspId of orgs) {
            expect(text(network.read(mspId, simulator => simulator.getState('cc', 'deal')))).toBe('one');
        }
    });

    it('refuses what a single institution endorsed', async () => {
        const code = await network.submit(put('alone'), { endorsers: ['BankAMSP'] });
        expect(code).toBe(Code.ENDORSEMENT_POLICY_FAILURE);
        expect(stored('alone')).toBeUndefined();
    });

    it('does not count the same endorsement twice', async () => {
        const twice = (action: peer.ChaincodeEndorsedAction): void => {
            const [only] = action.getEndorsementsList();
            action.setEndorsementsList([only!, only!]);
        };
        const code = await network.submit(put('twice'), { endorsers: ['BankAMSP'], tamper: twice });
        expect(code).toBe(Code.ENDORSEMENT_POLICY_FAILURE);
    });

    it('refuses a forged endorsement', async () => {
        const forge = (action: peer.ChaincodeEndorsedAction): void => {
            const [own, other] = action.getEndorsementsList();
            other!.setSignature(own!.getSignature_asU8());
        };
        const code = await network.submit(put('forged'), { endorsers: majority, tamper: forge });
        expect(code).toBe(Code.ENDORSEMENT_POLICY_FAILURE);
        expect(stored('forged')).toBeUndefined();
    });

    it('refuses an endorsement under a client certificate', async () => {
        const client = network.institution('TrustMSP').client;
        const asClient = (action: peer.ChaincodeEndorsedAction): void => {
            const endorsement = action.getEndorsementsList()[1]!;
            const response = action.getProposalResponsePayload_asU8();
            endorsement.setEndorser(client.serialized);
            endorsement.setSignature(client.sign(Buffer.concat([response, client.serialized])));
        };
        const code = await network.submit(put('as-client'), { endorsers: majority, tamper: asClient });
        expect(code).toBe(Code.ENDORSEMENT_POLICY_FAILURE);
    });

    it('refuses a write set changed after it was endorsed', async () => {
        const change = (action: peer.ChaincodeEndorsedAction): void => {
            const bytes = Buffer.from(action.getProposalResponsePayload_asU8());
            const at = bytes.indexOf('amount=10');
            bytes.write('amount=99', at);
            action.setProposalResponsePayload(bytes);
        };
        const code = await network.submit(put('changed', 'amount=10'), { tamper: change });
        expect(code).toBe(Code.ENDORSEMENT_POLICY_FAILURE);
        expect(stored('changed')).toBeUndefined();
    });

    it('refuses endorsements made for another proposal', async () => {
        const other = await network.make(put('other'));
        const envelope = common.Envelope.deserializeBinary(other.envelope);
        const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
        const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
        const foreign = peer.ChaincodeActionPayload.deserializeBinary(
            transaction.getActionsList()[0]!.getPayload_asU8(),
        ).getAction()!;
        const swap = (action: peer.ChaincodeEndorsedAction): void => {
            action.setProposalResponsePayload(foreign.getProposalResponsePayload_asU8());
            action.setEndorsementsList(foreign.getEndorsementsList());
        };
        expect(await network.submit(put('mine'), { tamper: swap })).toBe(Code.INVALID_ENDORSER_TRANSACTION);
    });

    it('refuses an envelope that its creator did not sign', async () => {
        const thief = network.institution('BankBMSP').client;
        expect(await network.submit(put('stolen'), { signer: thief })).toBe(Code.BAD_CREATOR_SIGNATURE);
    });

    it('refuses a client that names an institution whose authority did not issue its certificate', async () => {
        const { authorityPem, authorityKeyPem } = network.institution('BankBMSP');
        const other = await Authority.load({ certificatePem: authorityPem, privateKeyPem: authorityKeyPem });
        const stranger = await other.issueIdentity('intruder', 'client');
        const signer = new Signer('BankAMSP', stranger);
        const code = await network.submit(put('intruder'), { signer, creator: signer.serialized });
        expect(code).toBe(Code.BAD_CREATOR_SIGNATURE);
    });

    it('refuses a signature with high S, which would be a second one of the same message', async () => {
        const client = network.institution('BankAMSP').client;
        const signer = { sign: (message: Uint8Array) => withHighS(client.sign(message)) };
        expect(await network.submit(put('high'), { signer })).toBe(Code.BAD_CREATOR_SIGNATURE);
    });

    it('refuses a transaction that is played again', async () => {
        const submission = await network.make(put('replayed'));
        expect(await network.order([submission])).toEqual([Code.VALID]);
        expect(await network.order([submission])).toEqual([Code.DUPLICATE_TXID]);
    });

    it('refuses the second of two transactions with one id in a block', async () => {
        const nonce = randomBytes(24);
        const codes = await network.order([
            await network.make(put('first'), { nonce }),
            await network.make(put('second'), { nonce }),
        ]);
        expect(codes).toEqual([Code.VALID, Code.DUPLICATE_TXID]);
        expect(stored('second')).toBeUndefined();
    });

    it('refuses a chaincode that is not defined', async () => {
        const code = await network.submit(simulator => simulator.putState('nobody', 'k', value('v')), {
            chaincode: 'nobody',
        });
        expect(code).toBe(Code.INVALID_CHAINCODE);
    });

    it('refuses an event in the name of another chaincode', async () => {
        const event = new peer.ChaincodeEvent();
        event.setChaincodeId('other');
        expect(await network.submit(put('event'), { event })).toBe(Code.INVALID_OTHER_REASON);
    });

    it('codes what cannot be read', async () => {
        const [committed] = await network.commit([Buffer.from('garbage'), new Uint8Array()]);
        expect(committed?.codes).toEqual([Code.INVALID_OTHER_REASON, Code.BAD_COMMON_HEADER]);
    });

    it('refuses the later of two transactions that read and write one key', async () => {
        const bump = (simulator: Simulator): void => {
            const before = Number(text(simulator.getState('cc', 'counter')) ?? '0');
            simulator.putState('cc', 'counter', value(String(before + 1)));
        };
        expect(await network.order([await network.make(bump), await network.make(bump)])).toEqual([
            Code.VALID,
            Code.MVCC_READ_CONFLICT,
        ]);
        expect(stored('counter')).toBe('1');
    });

    it('says in words why it refuses', async () => {
        await network.submit(put('explained'));
        const reader = await network.make(simulator => void simulator.getState('cc', 'explained'));
        await network.submit(put('explained', 'again'));
        const [committed] = await network.commit([
            reader.envelope,
            (await network.make(put('explained'), { endorsers: ['BankBMSP'] })).envelope,
            (await network.make(put('fine'))).envelope,
        ]);
        const height = network.ledger('BankAMSP').height;
        expect(committed?.transactions.map(({ reason }) => reason)).toEqual([
            `key explained of cc was read at ${height - 3}/0 and is now at ${height - 2}/0`,
            'the policy of chaincode cc is not satisfied by BankBMSP',
            '',
        ]);
    });

    it('refuses a read of a key that has changed since', async () => {
        const reader = await network.make(simulator => {
            simulator.getState('cc', 'watched');
            simulator.putState('cc', 'seen', value('nothing'));
        });
        expect(await network.submit(put('watched'))).toBe(Code.VALID);
        expect(await network.order([reader])).toEqual([Code.MVCC_READ_CONFLICT]);
    });

    it.each([
        ['a few rows', 3],
        ['rows beyond what is recorded raw', 120],
    ])('refuses a range of %s into which a key has come', async (_name, rows) => {
        const prefix = `range${rows}-`;
        const rowKey = (row: number): string => `${prefix}${String(row).padStart(4, '0')}`;
        await network.submit(simulator => {
            for (let row = 0; row < rows; row++) simulator.putState('cc', rowKey(row), value('row'));
        });
        const sum = (simulator: Simulator): void => {
            const iterator = simulator.stateRange('cc', prefix, `${prefix}~`);
            let count = 0;
            while (iterator.next() !== undefined) count++;
            simulator.putState('cc', `sum-${prefix}`, value(String(count)));
        };
        const early = await network.make(sum);
        const [inserted, sameBlock] = [await network.make(put(`${rowKey(rows - 2)}a`)), await network.make(sum)];
        expect(await network.order([early])).toEqual([Code.VALID]);
        expect(await network.order([inserted, sameBlock])).toEqual([Code.VALID, Code.PHANTOM_READ_CONFLICT]);
    });

    it('asks the key-level policy for a key that has one, and only that', async () => {
        await network.submit(simulator => {
            put('period')(simulator);
            guardedBy('period', "AND('BankAMSP.peer','TrustMSP.peer')")(simulator);
        });
        expect(await network.submit(put('period', 'bad'), { endorsers: ['BankAMSP', 'BankBMSP'] })).toBe(
            Code.ENDORSEMENT_POLICY_FAILURE,
        );
        expect(await network.submit(put('period', 'good'), { endorsers: majority })).toBe(Code.VALID);
        expect(stored('period')).toBe('good');
        await network.submit(simulator => {
            put('solo')(simulator);
            guardedBy('solo', "OR('BankBMSP.peer')")(simulator);
        });
        expect(await network.submit(put('solo', 'own'), { endorsers: ['BankBMSP'] })).toBe(Code.VALID);
        expect(await network.submit(put('solo', 'foreign'), { endorsers: majority })).toBe(
            Code.ENDORSEMENT_POLICY_FAILURE,
        );
    });

    it('refuses a write to a key whose policy the same block has changed', async () => {
        await network.submit(put('moving'));
        const codes = await network.order([
            await network.make(guardedBy('moving', "OR('BankBMSP.peer')")),
            await network.make(put('moving', 'late')),
        ]);
        expect(codes).toEqual([Code.VALID, Code.ENDORSEMENT_POLICY_FAILURE]);
        expect(stored('moving')).toBe('x');
    });

    it.each([
        ['is no policy', Buffer.from('garbage')],
        ['is empty of rules', new common.SignaturePolicyEnvelope().serializeBinary()],
        ['names a signatory it does not list', policyWithoutPrincipals()],
    ])('lets nobody write a key whose policy %s', async (name, parameter) => {
        await network.submit(simulator => {
            put(name)(simulator);
            simulator.setStateMetadata('cc', name, new Map([['VALIDATION_PARAMETER', parameter]]));
        });
        // An empty parameter is none at all.
        const expected = parameter.length === 0 ? Code.VALID : Code.ENDORSEMENT_POLICY_FAILURE;
        expect(await network.submit(put(name, 'again'))).toBe(expected);
    });

    it('keeps a key policy over later writes and drops it with the key', async () => {
        await network.submit(simulator => {
            put('kept')(simulator);
            guardedBy('kept', "OR('BankBMSP.peer')")(simulator);
        });
        expect(await network.submit(put('kept', 'again'), { endorsers: ['BankBMSP'] })).toBe(Code.VALID);
        expect(await network.submit(put('kept', 'still'), { endorsers: majority })).toBe(
            Code.ENDORSEMENT_POLICY_FAILURE,
        );
        const remove = (simulator: Simulator): void => simulator.deleteState('cc', 'kept');
        expect(await network.submit(remove, { endorsers: ['BankBMSP'] })).toBe(Code.VALID);
        expect(await network.submit(put('kept', 'new'), { endorsers: majority })).toBe(Code.VALID);
    });

    it('ignores a policy for a key that does not exist', async () => {
        expect(await network.submit(guardedBy('ghost', "OR('BankBMSP.peer')"))).toBe(Code.VALID);
        expect(await network.submit(put('ghost', 'free'), { endorsers: majority })).toBe(Code.VALID);
    });

    it('refuses what makes a real peer panic: a policy for a key that the same block deletes', async () => {
        await network.submit(put('doomed'));
        const warn = jest.spyOn(process, 'emitWarning').mockImplementation();
        const codes = await network.order([
            await network.make(simulator => simulator.deleteState('cc', 'doomed')),
            await network.make(guardedBy('doomed', "OR('BankBMSP.peer')")),
        ]);
        const warnings = warn.mock.calls;
        warn.mockRestore();
        expect(codes).toEqual([Code.VALID, Code.INVALID_OTHER_REASON]);
        expect(warnings).toEqual([[expect.stringContaining('a real peer panics here'), { type: 'FabricPanic' }]]);
    });

    it('deletes with an empty value', async () => {
        await network.submit(put('gone', 'here'));
        await network.submit(simulator => simulator.putState('cc', 'gone', new Uint8Array()));
        expect(stored('gone')).toBeUndefined();
        const told = [...network.ledger('TrustMSP').history('cc', 'gone')];
        expect(told.map(({ isDelete, value: bytes }) => [isDelete, text(bytes)])).toEqual([
            [true, ''],
            [false, 'here'],
        ]);
    });

    it("tells the history of a key newest first, valid writes only, with the client's time", async () => {
        await network.submit(put('story', '1'), { timestamp: 1_700_000_000 });
        await network.submit(put('story', 'invalid'), { endorsers: ['BankAMSP'] });
        await network.submit(put('story', '2'), { timestamp: 1_600_000_000 });
        const told = [...network.ledger('BankAMSP').history('cc', 'story')];
        expect(told.map(({ value: bytes, timestamp }) => [text(bytes), timestamp.seconds])).toEqual([
            ['2', 1_600_000_000],
            ['1', 1_700_000_000],
        ]);
    });

    it('orders keys by their UTF-8 bytes', async () => {
        const keys = ['é', 'z', '\u{1F600}', '\uFFFD', 'a\u0000b', 'a'];
        await network.submit(simulator => keys.forEach(key => put(`utf-${key}`)(simulator)));
        const read = network.read('BankAMSP', simulator => {
            const iterator = simulator.stateRange('cc', 'utf-', 'utf-\u{10FFFF}');
            const found: string[] = [];
            for (let row = iterator.next(); row !== undefined; row = iterator.next()) found.push(row.key);
            return found;
        });
        const expected = [...keys]
            .map(key => `utf-${key}`)
            .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(read).toEqual(expected);
    });

    it('shows a simulation one height throughout, and never its own writes', async () => {
        await network.submit(put('steady', 'before'));
        const simulator = network.ledger('BankAMSP').newSimulator('snapshot');
        await network.submit(put('steady', 'after'));
        simulator.putState('cc', 'steady', value('own'));
        expect(text(simulator.getState('cc', 'steady'))).toBe('before');
        simulator.done();
        expect(() => simulator.getState('cc', 'steady')).toThrow('after calling Done()');
    });
});
