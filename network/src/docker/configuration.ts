import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { images } from './images';
import type { Plan } from './plan';
import { must } from './run';

/** The configuration files that come with Fabric's images. What differs between nodes stands in their environment. */
export function configurationFolder(plan: Plan): string {
    return join(plan.folder, 'configuration');
}

/**
 * Take core.yaml and orderer.yaml from the images, so that nothing hides what an image of another version adds.
 * Left out is the docker daemon a peer would build chaincode with: chaincode runs as a service here, and a peer that
 * looks for docker in vain calls itself unhealthy. The environment cannot empty a value.
 */
export async function writeConfiguration(plan: Plan): Promise<void> {
    const folder = configurationFolder(plan);
    mkdirSync(folder, { recursive: true });
    const [core, orderer] = await Promise.all([
        fileOf(images.peer, '/etc/hyperledger/fabric/core.yaml'),
        fileOf(images.orderer, '/etc/hyperledger/fabric/orderer.yaml'),
    ]);
    writeFileSync(join(folder, 'core.yaml'), core.replace(/^( +endpoint:) unix:.*$/m, "$1 ''"));
    writeFileSync(join(folder, 'orderer.yaml'), orderer);
}

function fileOf(image: string, file: string): Promise<string> {
    return must('docker', ['run', '--rm', '--network', 'none', image, 'cat', file]);
}
