import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Institution } from '../consortium';
import { institutionSection } from './configtx';
import type { Plan, PlannedPeer } from './plan';
import { eventually } from './patience';
import { firstPeers, inside } from './plan';
import { discover, ordererCommand, ordererFlags, peerCommand, tool } from './tools';

/** The part of a channel's configuration, as configtxlator prints it, that an institution's joining changes. */
export interface ChannelConfiguration {
    readonly channel_group: {
        readonly groups: { readonly Application: { readonly groups: Record<string, InstitutionGroup> } };
    };
}

export interface InstitutionGroup {
    readonly values: Record<string, unknown>;
}

/** Configuration update, by its number in Fabric's HeaderType. */
const configUpdateType = 2;

/** Institutions of the consortium file that the channel does not have yet. */
export async function newInstitutions(plan: Plan, known: readonly PlannedPeer[]): Promise<readonly Institution[]> {
    const { Application } = (await configurationOf(plan, known[0]!)).configuration.channel_group.groups;
    return plan.consortium.institutions.filter(({ mspId }) => !(mspId in Application.groups));
}

/**
 * Admit an institution to the channel: its MSP, its policies and its anchor peer, signed by the administrators of all
 * institutions that are there (a majority would do).
 */
export async function admit(plan: Plan, newcomer: Institution): Promise<void> {
    const known = firstPeers(plan).filter(({ institution }) => institution.id !== newcomer.id);
    const signers = await members(plan, known);
    const group = await groupOf(plan, newcomer);
    await updateChannel(plan, signers, ({ channel_group }) => {
        channel_group.groups.Application.groups[newcomer.mspId] = group;
    });
}

/**
 * Change the channel's configuration, signed by the administrators of these peers' institutions, and wait until every peer
 * that is up has taken the change. Refuses with NODE_SILENT.
 */
export async function updateChannel(
    plan: Plan,
    signers: readonly PlannedPeer[],
    change: (configuration: ChannelConfiguration) => void,
): Promise<void> {
    const before = await configurationOf(plan, signers[0]!);
    const wanted = structuredClone(before.configuration);
    change(wanted);
    if (JSON.stringify(wanted) === JSON.stringify(before.configuration)) return;
    const envelope = await envelopeOf(plan, before.configuration, wanted);
    for (const peer of signers.slice(0, -1))
        await peerCommand(plan, peer, 'channel', 'signconfigtx', '--file', envelope);
    // Whoever submits signs too.
    const update = ['channel', 'update', '--file', envelope, '--channelID', plan.consortium.channel];
    await ordererCommand(plan, signers.at(-1)!, ...update);
    await eventually(signers[0]!.name, 60, async () => {
        const { blockNumber } = await configurationOf(plan, signers[0]!);
        if (blockNumber === before.blockNumber) throw new Error('the orderers have not cut its block');
        const behind = (await discover(plan, signers[0]!)).find(({ height }) => height <= blockNumber);
        if (behind !== undefined) throw new Error(`${behind.endpoint} has not taken block ${blockNumber}`);
    });
}

/** Of these peers, those whose institutions the channel has. */
async function members(plan: Plan, peers: readonly PlannedPeer[]): Promise<readonly PlannedPeer[]> {
    const { Application } = (await configurationOf(plan, peers[0]!)).configuration.channel_group.groups;
    return peers.filter(({ institution }) => institution.mspId in Application.groups);
}

/** The channel's configuration as the orderers have it, and the block that carries it. */
async function configurationOf(
    plan: Plan,
    peer: PlannedPeer,
): Promise<{ readonly configuration: ChannelConfiguration; readonly blockNumber: number }> {
    const block = '/tmp/config.block';
    const fetched = ['channel', 'fetch', 'config', block, '--channelID', plan.consortium.channel];
    await peerCommand(plan, peer, ...fetched, ...ordererFlags(plan));
    const printed = await tool(plan, 'configtxlator', 'proto_decode', '--type', 'common.Block', '--input', block);
    type Block = {
        header: { number: string };
        data: { data: readonly { payload: { data: { config: ChannelConfiguration } } }[] };
    };
    const { header, data } = JSON.parse(printed) as Block;
    return { configuration: data.data[0]!.payload.data.config, blockNumber: Number(header.number) };
}

/** What configtxgen makes of the institution's section; it leaves out the anchor peer. */
async function groupOf(plan: Plan, newcomer: Institution): Promise<InstitutionGroup> {
    const section = institutionSection(newcomer.mspId, newcomer.domain);
    // Paths in the file are relative to it.
    writeFileSync(join(plan.folder, 'configtx.yaml'), JSON.stringify({ Organizations: [section] }));
    const words = ['-configPath', '/network', '-printOrg', newcomer.mspId];
    const group = JSON.parse(await tool(plan, 'configtxgen', ...words)) as InstitutionGroup;
    const anchor_peers = [{ host: `peer0.${newcomer.domain}`, port: inside.peer }];
    group.values['AnchorPeers'] = { mod_policy: 'Admins', value: { anchor_peers }, version: '0' };
    return group;
}

/** The update between two configurations, in an envelope that can be signed. Gives its file in the tools container. */
async function envelopeOf(plan: Plan, before: unknown, after: unknown): Promise<string> {
    const folder = join(plan.folder, 'update');
    mkdirSync(folder, { recursive: true });
    const { channel } = plan.consortium;
    const encode = async (name: string, type: string, content: unknown): Promise<string> => {
        writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));
        const files = ['--input', `/network/update/${name}.json`, '--output', `/tmp/${name}.pb`];
        await tool(plan, 'configtxlator', 'proto_encode', '--type', type, ...files);
        return `/tmp/${name}.pb`;
    };
    const original = await encode('before', 'common.Config', before);
    const updated = await encode('after', 'common.Config', after);
    const pair = ['--original', original, '--updated', updated, '--output', '/tmp/update.pb'];
    await tool(plan, 'configtxlator', 'compute_update', '--channel_id', channel, ...pair);
    const decode = ['proto_decode', '--type', 'common.ConfigUpdate', '--input', '/tmp/update.pb'];
    const config_update: unknown = JSON.parse(await tool(plan, 'configtxlator', ...decode));
    const header = { channel_header: { channel_id: channel, type: configUpdateType } };
    const envelope = await encode('envelope', 'common.Envelope', { payload: { header, data: { config_update } } });
    rmSync(folder, { recursive: true });
    return envelope;
}
