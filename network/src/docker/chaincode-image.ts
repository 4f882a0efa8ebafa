import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { images } from './images';
import { DockerProblem } from './problem';
import { must, run } from './run';

/** Tells our images from others, also when a later build has taken their name. */
const imageLabel = 'org.poolproof.image';

interface Manifest {
    readonly main?: string;
    readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Build the image of a chaincode from what npm ci installed: the packages the lockfile names, without tests and
 * development tools. Nothing is fetched: the build has no network. Refuses with CHAINCODE_NOT_BUILT.
 */
export async function buildChaincodeImage(
    chaincodeFolder: string,
    contextFolder: string,
    image: string,
): Promise<void> {
    const chaincode = resolve(chaincodeFolder);
    requireBuilt(chaincode);
    const packages = dependenciesOf(chaincode);
    const shim = packages.find(folder => basename(folder) === 'fabric-shim');
    if (shim === undefined) throw notBuilt(chaincode, 'fabric-shim is not among its dependencies');
    const root = commonFolder([chaincode, ...packages]);
    rmSync(contextFolder, { recursive: true, force: true });
    for (const folder of [chaincode, ...packages])
        copyPackage(folder, join(contextFolder, 'app', relative(root, folder)));
    writeFileSync(join(contextFolder, 'Dockerfile'), dockerfile(relative(root, chaincode), relative(root, shim)));
    const label = `${imageLabel}=${image}`;
    await must('docker', ['build', '--quiet', '--network', 'none', '--label', label, '--tag', image, contextFolder]);
    rmSync(contextFolder, { recursive: true, force: true });
}

/** Remove the image, and those of earlier builds that lost their name to it. */
export async function removeChaincodeImages(image: string): Promise<void> {
    await run('docker', ['image', 'rm', image]);
    await run('docker', ['image', 'prune', '--force', '--filter', `label=${imageLabel}=${image}`]);
}

function requireBuilt(folder: string): void {
    if (!existsSync(join(folder, 'package.json'))) throw notBuilt(folder, 'there is no package.json');
    const { main = 'index.js' } = manifestOf(folder);
    if (!existsSync(join(folder, main))) throw notBuilt(folder, `there is no ${main}`);
}

/** Folders of everything a package needs at run time, found the way Node finds them. */
function dependenciesOf(chaincode: string): readonly string[] {
    const found = new Set<string>();
    const visit = (folder: string): void => {
        for (const name of Object.keys(manifestOf(folder).dependencies ?? {})) {
            const dependency = locate(name, folder);
            if (dependency === undefined) throw notBuilt(chaincode, `the package ${name} is not installed`);
            if (found.has(dependency)) continue;
            found.add(dependency);
            visit(dependency);
        }
    };
    visit(chaincode);
    return [...found];
}

function locate(name: string, from: string): string | undefined {
    for (let folder = from; ; folder = dirname(folder)) {
        const candidate = join(folder, 'node_modules', name);
        if (existsSync(join(candidate, 'package.json'))) return candidate;
        if (folder === dirname(folder)) return undefined;
    }
}

function manifestOf(folder: string): Manifest {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function commonFolder(folders: readonly string[]): string {
    let root = dirname(folders[0]!);
    while (!folders.every(folder => folder.startsWith(root + sep))) root = dirname(root);
    return root;
}

/** Packages nested in this one are copied by themselves; a link to a workspace becomes what it leads to. */
function copyPackage(from: string, to: string): void {
    mkdirSync(dirname(to), { recursive: true });
    cpSync(realpathSync(from), to, { recursive: true, filter: source => basename(source) !== 'node_modules' });
}

function dockerfile(chaincode: string, shim: string): string {
    const posix = (path: string): string => path.split(sep).join('/');
    return [
        `FROM ${images.node}`,
        'ENV NODE_ENV=production',
        'COPY app /app',
        `WORKDIR /app/${posix(chaincode)}`,
        `CMD ["node", "/app/${posix(shim)}/cli.js", "server"]`,
        '',
    ].join('\n');
}

function notBuilt(folder: string, problem: string): DockerProblem {
    return new DockerProblem('CHAINCODE_NOT_BUILT', { folder, problem });
}
