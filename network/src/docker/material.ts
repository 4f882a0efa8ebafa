import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { issueCertificates } from '../certificates';
import { readCertificates, writeCertificates } from '../certificate-folders';
import type { Collection, Consortium } from '../consortium';
import { makePackage } from './chaincode-package';
import { composeFile } from './compose';
import { configtx, profile } from './configtx';
import { composePath } from './engine';
import { images } from './images';
import { writeConfiguration } from './configuration';
import type { Plan } from './plan';
import { certificatesFolder } from './plan';
import { DockerProblem } from './problem';
import { must } from './run';

const consortiumFile = 'consortium.json';
const genesisFile = 'genesis.block';
const collectionsFile = 'collections.json';

/**
 * Make certificates, packages and the genesis block once. They are laid down in a folder beside and moved into place
 * when whole, so that a crash leaves either all of them or none. Refuses with CONSORTIUM_CHANGED.
 */
export async function makeMaterial(plan: Plan): Promise<void> {
    if (hasMaterial(plan)) return refuseOtherConsortium(plan);
    const draft = { ...plan, folder: `${plan.folder}.new` };
    rmSync(draft.folder, { recursive: true, force: true });
    mkdirSync(draft.folder, { recursive: true, mode: 0o700 });
    const certificates = await issueCertificates(plan.consortium);
    writeCertificates(certificates, certificatesFolder(draft));
    for (const [index, chaincode] of draft.chaincodes.entries()) {
        await makePackage(draft, chaincode, certificates.institutions[index]!);
    }
    await makeGenesis(draft);
    await writeConfiguration(draft);
    recordConsortium(draft);
    renameSync(draft.folder, plan.folder);
}

/**
 * Make certificates and packages of institutions that the network was made without, and leave all others as they are.
 * Refuses with CONSORTIUM_CHANGED where anything else has changed.
 */
export async function extendMaterial(plan: Plan): Promise<void> {
    const made = madeFrom(plan);
    const members = new Set(made.institutions.map(({ id }) => id));
    const { consortium } = plan;
    const before = { ...consortium, institutions: consortium.institutions.filter(({ id }) => members.has(id)) };
    refuseOtherConsortium({ ...plan, consortium: before });
    const newcomers = consortium.institutions.filter(
        ({ id, domain }) =>
            !members.has(id) && !existsSync(join(certificatesFolder(plan), 'peerOrganizations', domain)),
    );
    if (newcomers.length === 0) return;
    const { orderers } = await readCertificates(before, certificatesFolder(plan));
    const { institutions } = await issueCertificates({ ...consortium, institutions: newcomers });
    // Packages first: the certificates' folder says that an institution is complete.
    for (const [index, { id }] of newcomers.entries()) {
        const chaincode = plan.chaincodes.find(({ institution }) => institution.id === id)!;
        await makePackage(plan, chaincode, institutions[index]!);
    }
    writeCertificates({ institutions, orderers }, certificatesFolder(plan));
}

/** Remember that the network now is as the consortium file says. */
export function recordConsortium(plan: Plan): void {
    writeJson(join(plan.folder, consortiumFile), plan.consortium);
}

/** Write what follows from the consortium file and may change under way: collections and the compose file. */
export function writeDerived(plan: Plan, collections: readonly Collection[]): void {
    writeJson(join(plan.folder, collectionsFile), collections);
    // Compose takes a dollar sign for a variable.
    writeFileSync(composePath(plan), JSON.stringify(composeFile(plan), undefined, 2).replaceAll('$', '$$$$'));
}

export function hasMaterial(plan: Plan): boolean {
    return existsSync(join(plan.folder, consortiumFile));
}

/** The consortium as the network was made from it. */
export function madeFrom(plan: Plan): Consortium {
    return JSON.parse(readFileSync(join(plan.folder, consortiumFile), 'utf8')) as Consortium;
}

export function genesisPath(plan: Plan): string {
    return join(plan.folder, genesisFile);
}

/** Private data collections of the consortium, inside the tools container and out. */
export const collectionsName = collectionsFile;

/** What differs is told by the first field that does. The version may differ: that is for the channel to say. */
export function refuseOtherConsortium(plan: Plan): void {
    const made = madeFrom(plan);
    const comparable = (consortium: Consortium): Record<string, string> => ({
        channel: consortium.channel,
        chaincode: consortium.chaincode.name,
        orderers: JSON.stringify(consortium.orderers),
        ...Object.fromEntries(consortium.institutions.map(({ id, ...rest }) => [id, JSON.stringify(rest)])),
    });
    const [before, now] = [comparable(made), comparable(plan.consortium)];
    const difference = Object.keys({ ...before, ...now }).find(field => before[field] !== now[field]);
    if (difference !== undefined) throw new DockerProblem('CONSORTIUM_CHANGED', { folder: plan.folder, difference });
}

async function makeGenesis(draft: Plan): Promise<void> {
    writeJson(join(draft.folder, 'configtx.yaml'), configtx(draft));
    await inTools(
        draft.folder,
        'configtxgen',
        ...['-configPath', '/network', '-profile', profile, '-channelID', draft.consortium.channel],
        ...['-outputBlock', `/network/${genesisFile}`],
    );
}

/** Run one of Fabric's tools before the network is up. What it writes belongs to the user. */
function inTools(folder: string, ...words: readonly string[]): Promise<string> {
    const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid!()}`];
    const mount = `type=bind,"source=${folder}",target=/network`;
    return must('docker', ['run', '--rm', '--network', 'none', ...user, '--mount', mount, images.tools, ...words]);
}

/** JSON is YAML too: Fabric's tools and compose read these files as they are. */
function writeJson(file: string, value: unknown): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
