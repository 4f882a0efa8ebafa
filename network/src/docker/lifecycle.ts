import { relative } from 'node:path';
import { packageOf } from './chaincode-package';
import { collectionsName } from './material';
import type { Plan, PlannedPeer } from './plan';
import { firstPeers } from './plan';
import { DockerProblem } from './problem';
import { lastLine } from './run';
import { ordererCommand, peerCommand, peerFlags, tryPeerCommand } from './tools';

/** What the channel has agreed on about the chaincode. */
export interface Committed {
    readonly sequence: number;
    readonly version: string;
}

/** The committed definition, or undefined before the first. */
export async function committedDefinition(plan: Plan): Promise<Committed | undefined> {
    const { channel, chaincode } = plan.consortium;
    const words = ['lifecycle', 'chaincode', 'querycommitted', '--channelID', channel, '--name', chaincode.name];
    const asked = await tryPeerCommand(plan, firstPeers(plan)[0]!, ...words, '--output', 'json');
    if (asked.code === 0) return JSON.parse(asked.stdout) as Committed;
    if (asked.stderr.includes('is not defined')) return undefined;
    throw new DockerProblem('COMMAND_FAILED', {
        command: 'peer lifecycle chaincode querycommitted',
        problem: lastLine(asked.stderr),
    });
}

/** Install each institution's package on its peers. A package that is there already is left alone. */
export async function installPackages(plan: Plan): Promise<void> {
    await Promise.all(plan.peers.map(peer => install(plan, peer)));
}

async function install(plan: Plan, peer: PlannedPeer): Promise<void> {
    const { file } = packageOf(plan, chaincodeOf(plan, peer));
    const installed = await tryPeerCommand(plan, peer, 'lifecycle', 'chaincode', 'install', insideTools(plan, file));
    if (installed.code === 0 || installed.stderr.includes('already successfully installed')) return;
    throw new DockerProblem('COMMAND_FAILED', {
        command: `peer lifecycle chaincode install on ${peer.name}`,
        problem: lastLine(installed.stderr),
    });
}

/** Each institution approves the definition with its own package; those that did already are left alone. */
export async function approveDefinition(plan: Plan, sequence: number): Promise<void> {
    const flags = definitionFlags(plan, sequence);
    const readiness = await peerCommand(
        plan,
        firstPeers(plan)[0]!,
        ...['lifecycle', 'chaincode', 'checkcommitreadiness', ...flags, '--output', 'json'],
    );
    const { approvals } = JSON.parse(readiness) as { approvals: Readonly<Record<string, boolean>> };
    await Promise.all(
        firstPeers(plan)
            .filter(peer => approvals[peer.institution.mspId] !== true)
            .map(peer => {
                const { id } = packageOf(plan, chaincodeOf(plan, peer));
                const words = ['lifecycle', 'chaincode', 'approveformyorg', ...flags];
                return ordererCommand(plan, peer, ...words, '--package-id', id);
            }),
    );
}

/** Commit the definition, endorsed by a peer of every institution. */
export async function commitDefinition(plan: Plan, sequence: number): Promise<void> {
    const words = ['lifecycle', 'chaincode', 'commit', ...definitionFlags(plan, sequence)];
    await ordererCommand(plan, firstPeers(plan)[0]!, ...words, ...peerFlags(firstPeers(plan)));
}

function definitionFlags(plan: Plan, sequence: number): readonly string[] {
    const { channel, chaincode } = plan.consortium;
    return [
        ...['--channelID', channel, '--name', chaincode.name, '--version', chaincode.version],
        ...['--sequence', String(sequence), '--collections-config', `/network/${collectionsName}`],
        ...policyFlags(plan),
    ];
}

function policyFlags(plan: Plan): readonly string[] {
    const { chaincode, institutions } = plan.consortium;
    switch (chaincode.endorsement) {
        case 'majority':
            return ['--channel-config-policy', '/Channel/Application/Endorsement'];
        case 'any':
            return ['--signature-policy', `OR(${institutions.map(({ mspId }) => `'${mspId}.peer'`).join(',')})`];
        default:
            return ['--signature-policy', chaincode.endorsement];
    }
}

function chaincodeOf(plan: Plan, peer: PlannedPeer) {
    return plan.chaincodes.find(({ institution }) => institution.id === peer.institution.id)!;
}

function insideTools(plan: Plan, file: string): string {
    return `/network/${relative(plan.folder, file).replaceAll('\\', '/')}`;
}
