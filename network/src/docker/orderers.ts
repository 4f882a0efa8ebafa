import { readFileSync } from 'node:fs';
import type { KeyPair } from '../authority';
import type { Certificates } from '../certificates';
import { askListener } from './listener';
import { genesisPath } from './material';
import { eventually } from './patience';
import type { Plan, PlannedOrderer } from './plan';
import { DockerProblem } from './problem';

/** Have every orderer serve the channel, through its admin endpoint. Orderers that do already are left alone. */
export async function joinOrderers(plan: Plan, certificates: Certificates): Promise<void> {
    const { tlsAuthority } = certificates.orderers;
    const client = await tlsAuthority.issueTls('channel-participation', ['localhost']);
    await Promise.all(plan.orderers.map(orderer => join(plan, orderer, tlsAuthority.certificatePem, client)));
}

async function join(plan: Plan, orderer: PlannedOrderer, tlsRootPem: string, client: KeyPair): Promise<void> {
    const admin = { port: orderer.adminPort, host: orderer.name, tlsRootPem, client };
    const channels = '/participation/v1/channels';
    const known = await eventually(orderer.name, 60, () => askListener({ ...admin, path: channels }));
    const { channels: served } = JSON.parse(known.text) as { channels: readonly { name: string }[] | null };
    if (served?.some(({ name }) => name === plan.consortium.channel)) return;
    const body = multipart('config-block', readFileSync(genesisPath(plan)));
    const joined = await askListener({ ...admin, path: channels, body });
    if (joined.status === 201) return;
    const command = `joining the channel on ${orderer.name}`;
    throw new DockerProblem('COMMAND_FAILED', { command, problem: `${joined.status} ${joined.text.trim()}` });
}

function multipart(field: string, content: Buffer): { readonly type: string; readonly bytes: Buffer } {
    const boundary = 'poolproof-genesis';
    const disposition = `Content-Disposition: form-data; name="${field}"; filename="${field}"`;
    return {
        type: `multipart/form-data; boundary=${boundary}`,
        bytes: Buffer.concat([
            Buffer.from(`--${boundary}\r\n${disposition}\r\nContent-Type: application/octet-stream\r\n\r\n`),
            content,
            Buffer.from(`\r\n--${boundary}--\r\n`),
        ]),
    };
}
