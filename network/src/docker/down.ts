import { existsSync, rmSync } from 'node:fs';
import type { Consortium } from '../consortium';
import { removeChaincodeImages } from './chaincode-image';
import { compose, composePath, findEngine } from './engine';
import { planNetwork } from './plan';
import type { Say } from './step';
import { Steps } from './step';

/** Remove a docker network whole: containers, volumes with all their data, image, certificates and keys. */
export async function down(consortium: Consortium, say: Say): Promise<void> {
    const plan = planNetwork(consortium);
    const steps = new Steps(say, 2);
    const engine = await findEngine();
    await steps.take('Removing containers, their data and the network', async () => {
        if (existsSync(composePath(plan))) await compose(engine, plan, 'down', '--volumes', '--remove-orphans');
    });
    await steps.take(`Removing the chaincode image and ${plan.folder}`, async () => {
        await removeChaincodeImages(plan.chaincodeImage);
        rmSync(plan.folder, { recursive: true, force: true });
        rmSync(`${plan.folder}.new`, { recursive: true, force: true });
    });
    steps.end(`The network ${consortium.name} is gone`);
}
