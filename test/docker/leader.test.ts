import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Script } from './scripted-docker';
import { ScriptedDocker } from './scripted-docker';

const ask = 'exec poolproof-tools';
const refusal = 'Error: got unexpected status: SERVICE_UNAVAILABLE -- no Raft leader\n';

describe('a transaction for the orderers', () => {
    const folder = mkdtempSync(join(tmpdir(), 'revoked-'));
    const list = join(folder, 'list.pem');
    let docker: ScriptedDocker;

    beforeAll(() => writeFileSync(list, 'a list'));
    afterEach(() => docker.remove());
    afterAll(() => rmSync(folder, { recursive: true }));

    /** Put a revocation list in force, at orderers that first answer as given. */
    function revoke(update: Script[number]) {
        docker = new ScriptedDocker([
            { asked: 'info', prints: String(8 * 2 ** 30) },
            { asked: 'ps', prints: 'poolproof-peer0.bank-a.example.com\n' },
            { asked: `${ask} configtxlator proto_decode --type common.Block`, times: 1, prints: block(4) },
            { asked: `${ask} configtxlator proto_decode --type common.Block`, prints: block(5) },
            { asked: `${ask} configtxlator proto_decode --type common.ConfigUpdate`, prints: '{}' },
            { asked: `${ask} discover`, prints: '[{"Endpoint":"peer0","LedgerHeight":6,"Chaincodes":[]}]' },
            update,
        ]);
        return docker.network(17050, 'revocations', 'bank-a', list);
    }

    test('is sent again to orderers that have not chosen a leader yet', () => {
        const update = { asked: `${ask} peer channel update`, times: 2, complains: refusal, exits: 1 };
        expect(revoke(update)).toEqual({ code: 0, complaint: '' });
    });

    test('is not sent again where it was refused for another reason', () => {
        const update = { asked: `${ask} peer channel update`, times: 1, complains: 'Error: BAD_REQUEST\n', exits: 1 };
        expect(revoke(update)).toMatchObject({
            code: 1,
            complaint: expect.stringMatching(/^COMMAND_FAILED: peer channel update .* failed: BAD_REQUEST\. /),
        });
    });
});

/** A configuration block as configtxlator prints it, as far as revocation goes. */
function block(number: number): string {
    const group = { values: { MSP: { value: { config: { revocation_list: null } } } } };
    const channel_group = { groups: { Application: { groups: { BankAMSP: group } } } };
    const header = { number: String(number) };
    return JSON.stringify({ header, data: { data: [{ payload: { data: { config: { channel_group } } } }] } });
}
