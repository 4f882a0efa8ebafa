import { join } from 'node:path';
import { readCertificates } from '../certificate-folders';
import { collectionsOf } from '../collections';
import type { Consortium } from '../consortium';
import { makeAuthorities, waitForAuthorities } from './authorities';
import { buildChaincodeImage } from './chaincode-image';
import { admit, newInstitutions } from './channel-update';
import { joinPeers } from './channel';
import { compose, findEngine, runningContainers } from './engine';
import { approveDefinition, commitDefinition, committedDefinition, installPackages } from './lifecycle';
import { extendMaterial, hasMaterial, madeFrom, recordConsortium, writeDerived } from './material';
import { certificatesFolder, firstPeers, planNetwork } from './plan';
import { preflight } from './preflight';
import { DockerProblem } from './problem';
import { writeProfiles } from './profile';
import { waitForChaincode, waitForDiscovery, waitForPeers } from './readiness';
import type { Say } from './step';
import { Steps } from './step';
import type { DockerChaincode } from './up';

/**
 * Bring a running network to a consortium file that has a new chaincode version, new collections or further
 * institutions: the newcomers are admitted to the channel, and the definition is agreed on under the next sequence.
 * May be called again after a crash in the middle. Refuses with NETWORK_DOWN, or with CONSORTIUM_CHANGED where the file
 * takes back what the network was made from.
 */
export async function upgrade(consortium: Consortium, chaincode: DockerChaincode, say: Say): Promise<void> {
    const plan = planNetwork(consortium);
    const steps = new Steps(say, 7);
    const engine = await steps.take('Finding docker and the running network', async () => {
        const found = await findEngine();
        if (!hasMaterial(plan) || (await runningContainers(plan)).size === 0) {
            throw new DockerProblem('NETWORK_DOWN', { consortium: consortium.name });
        }
        await preflight(found, plan);
        return found;
    });
    const members = new Set(madeFrom(plan).institutions.map(({ id }) => id));
    const certificates = await steps.take('Making what newcomers need, and the collections', async () => {
        await extendMaterial(plan);
        const made = await readCertificates(consortium, certificatesFolder(plan));
        await makeAuthorities(plan, made);
        writeDerived(plan, chaincode.collections ?? collectionsOf(consortium));
        writeProfiles(plan, made);
        return made;
    });
    await steps.take('Building the chaincode image and starting what is new', async () => {
        await buildChaincodeImage(chaincode.folder, join(plan.folder, 'image'), plan.chaincodeImage);
        await compose(engine, plan, 'up', '--detach', '--remove-orphans');
        await Promise.all([waitForPeers(plan, certificates), waitForAuthorities(plan, certificates)]);
    });
    await steps.take('Admitting new institutions to the channel', async () => {
        const known = firstPeers(plan).filter(({ institution }) => members.has(institution.id));
        for (const newcomer of await newInstitutions(plan, known)) await admit(plan, newcomer);
        await joinPeers(plan);
    });
    await steps.take('Installing the chaincode package on every peer', () => installPackages(plan));
    await steps.take(`Agreeing on ${consortium.chaincode.name} ${consortium.chaincode.version}`, async () => {
        const sequence = ((await committedDefinition(plan))?.sequence ?? 0) + 1;
        await approveDefinition(plan, sequence);
        await commitDefinition(plan, sequence);
        recordConsortium(plan);
    });
    await steps.take("Asking every institution's chaincode", async () => {
        await waitForChaincode(plan);
        await waitForDiscovery(plan);
    });
    steps.end(`The network ${consortium.name} is upgraded`);
}
