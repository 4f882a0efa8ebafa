import { join } from 'node:path';
import { readCertificates } from '../certificate-folders';
import { collectionsOf } from '../collections';
import type { Collection, Consortium } from '../consortium';
import { makeAuthorities, waitForAuthorities } from './authorities';
import { buildChaincodeImage } from './chaincode-image';
import { joinPeers } from './channel';
import { compose, findEngine } from './engine';
import { approveDefinition, commitDefinition, committedDefinition, installPackages } from './lifecycle';
import { makeMaterial, writeDerived } from './material';
import { joinOrderers } from './orderers';
import { certificatesFolder, planNetwork } from './plan';
import { preflight } from './preflight';
import { DockerProblem } from './problem';
import { writeProfiles } from './profile';
import { waitForChaincode, waitForDiscovery, waitForPeers } from './readiness';
import type { Say } from './step';
import { Steps } from './step';

/** The chaincode a docker network runs. */
export interface DockerChaincode {
    /** Folder of its package, built, with its dependencies installed. */
    readonly folder: string;
    /** Absent: those that follow from the consortium's roles. */
    readonly collections?: readonly Collection[];
}

/** What a docker network has by choice. */
export interface UpOptions {
    /** A Fabric CA for each institution, from which people enrol. */
    readonly authorities?: boolean;
}

/**
 * Bring a consortium up on real Fabric in docker, with the chaincode of a folder. What stands already is left alone,
 * so that it may be called twice, after a crash in the middle, or with a changed chaincode of the same version.
 */
export async function up(
    consortium: Consortium,
    chaincode: DockerChaincode,
    say: Say,
    options: UpOptions = {},
): Promise<void> {
    const plan = planNetwork(consortium, options.authorities);
    const steps = new Steps(say, 10);
    const engine = await steps.take('Finding docker, images, memory and free ports', async () => {
        const found = await findEngine();
        await preflight(found, plan);
        return found;
    });
    const certificates = await steps.take('Making certificates, genesis block and collections', async () => {
        await makeMaterial(plan);
        const made = await readCertificates(consortium, certificatesFolder(plan));
        await makeAuthorities(plan, made);
        writeDerived(plan, chaincode.collections ?? collectionsOf(consortium));
        writeProfiles(plan, made);
        return made;
    });
    await steps.take(`Building the chaincode image ${plan.chaincodeImage}`, () =>
        buildChaincodeImage(chaincode.folder, join(plan.folder, 'image'), plan.chaincodeImage),
    );
    await steps.take(`Starting ${plan.orderers.length} orderers, ${plan.peers.length} peers and their chaincode`, () =>
        compose(engine, plan, 'up', '--detach', '--remove-orphans'),
    );
    await steps.take(`Joining the orderers to the channel ${consortium.channel}`, () =>
        joinOrderers(plan, certificates),
    );
    await steps.take('Joining the peers', async () => {
        await Promise.all([waitForPeers(plan, certificates), waitForAuthorities(plan, certificates)]);
        await joinPeers(plan);
    });
    await steps.take('Installing the chaincode package on every peer', () => installPackages(plan));
    await steps.take(`Agreeing on ${consortium.chaincode.name} ${consortium.chaincode.version}`, async () => {
        const committed = await committedDefinition(plan);
        if (committed === undefined) {
            await approveDefinition(plan, 1);
            await commitDefinition(plan, 1);
        } else if (committed.version !== consortium.chaincode.version) {
            const { name, version } = consortium.chaincode;
            throw new DockerProblem('DEFINITION_CHANGED', {
                committed: committed.version,
                chaincode: name,
                asked: version,
            });
        }
    });
    await steps.take("Asking every institution's chaincode", () => waitForChaincode(plan));
    await steps.take('Waiting until the peers know of each other', () => waitForDiscovery(plan));
    steps.end(`The network ${consortium.name} is up`);
}
