import { readFileSync } from 'node:fs';
import type { Consortium } from '../consortium';
import { institutionOf, namingFile } from '../consortium';
import type { InstitutionGroup } from './channel-update';
import { updateChannel } from './channel-update';
import { findEngine, runningContainers } from './engine';
import { firstPeers, planNetwork } from './plan';
import { DockerProblem } from './problem';
import type { Say } from './step';
import { Steps } from './step';

/** An institution's group in the channel's configuration, as far as revocation goes. */
interface RevocableGroup extends InstitutionGroup {
    readonly values: {
        readonly MSP: { readonly value: { readonly config: { revocation_list: readonly string[] | null } } };
    };
}

/**
 * Put an institution's certificate revocation list in force: every peer and orderer refuses the certificates it names from
 * the block on that carries it. The institution's own administrator signs; nobody else is asked.
 * `names` are the institution's id and the file of the list, PEM, as its authority gave it. Refuses with USAGE or NETWORK_DOWN.
 */
export async function putRevocations(consortium: Consortium, names: readonly string[], say: Say): Promise<void> {
    const [institutionId, file] = names;
    if (institutionId === undefined || file === undefined) {
        const problem = 'neither institution nor revocation list are named';
        throw new DockerProblem('USAGE', { problem, usage: 'revocations INSTITUTION FILE' });
    }
    const { mspId } = institutionOf(consortium, institutionId);
    const list = namingFile(file, () => readFileSync(file, 'utf8'));
    const plan = planNetwork(consortium);
    const steps = new Steps(say, 1);
    await findEngine();
    if ((await runningContainers(plan)).size === 0) {
        throw new DockerProblem('NETWORK_DOWN', { consortium: consortium.name });
    }
    await steps.take(`Putting the revocation list of ${institutionId} into the channel's configuration`, () => {
        const own = firstPeers(plan).filter(({ institution }) => institution.id === institutionId);
        return updateChannel(plan, own, ({ channel_group }) => {
            const group = channel_group.groups.Application.groups[mspId] as RevocableGroup;
            group.values.MSP.value.config.revocation_list = [Buffer.from(list).toString('base64')];
        });
    });
    steps.end(`What ${institutionId} has revoked is refused by all`);
}
