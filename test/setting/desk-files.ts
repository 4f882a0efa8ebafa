import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { members } from './cast';

import type { Network } from '@poolproof/network';

/** Writes what the command line needs of every institution: connection profiles, a wallet, and the file that names the desks. */
export async function writeDesks(network: Network, folder: string): Promise<void> {
    const desks: Record<string, object> = {};
    await mkdir(join(folder, 'wallet'), { recursive: true });
    for (const { id, roles } of members) {
        const attributes = { 'poolproof.role': [...roles, 'admin'].join(',') };
        const { mspId, certificatePem, privateKeyPem } = await network.identity(id, `clerk@${id}`, attributes);
        const credentials = { certificate: certificatePem, privateKey: privateKeyPem };
        const walletFile = { credentials, mspId, type: 'X.509', version: 1 };
        await writeFile(join(folder, 'wallet', `${id}.id`), JSON.stringify(walletFile));
        const profile = join(folder, `${id}.json`);
        await writeFile(profile, JSON.stringify(profileOf(network, id, mspId)));
        const { channel, chaincode } = network.consortium;
        desks[id] = { profile, wallet: join(folder, 'wallet'), identity: id, channel, chaincode: chaincode.name };
    }
    await writeFile(join(folder, 'poolproof.json'), JSON.stringify(desks));
}

/** A common connection profile. */
function profileOf(network: Network, id: string, mspId: string): object {
    const peers = network.peers(id);
    return {
        client: { organization: id },
        organizations: { [id]: { mspid: mspId, peers: peers.map(({ name }) => name) } },
        peers: Object.fromEntries(
            peers.map(({ name, address, tlsRootPem, tlsHostName }) => [
                name,
                {
                    url: `grpcs://${address}`,
                    tlsCACerts: { pem: tlsRootPem },
                    grpcOptions: { 'ssl-target-name-override': tlsHostName },
                },
            ]),
        ),
    };
}
