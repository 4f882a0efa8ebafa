import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Collection, Consortium } from '@poolproof/network';
import { openNetwork, readCollections } from '@poolproof/network';
import { consortiumOf } from './harness';

/*
 * Programs that nobody here wrote: the asset-transfer samples of Hyperledger Fabric, chaincode and application, as they are.
 * POOLPROOF_FABRIC_SAMPLES names a checkout of fabric-samples. It is copied, its packages are installed and compiled there with
 * their own lock files, and the applications find certificates and ports where its test network would have them.
 */

const samples = process.env['POOLPROOF_FABRIC_SAMPLES'];
const asFar = samples === undefined ? ' (skipped: POOLPROOF_FABRIC_SAMPLES names no checkout)' : '';

const consortium: Consortium = {
    ...consortiumOf(['org1', 'org2']),
    channel: 'mychannel',
    institutions: consortiumOf(['org1', 'org2']).institutions.map(each => ({
        ...each,
        mspId: each.id === 'org1' ? 'Org1MSP' : 'Org2MSP',
    })),
};
/** As the test network of fabric-samples. */
const ports = { 'peer0.org1.example.com': 7051, 'peer0.org2.example.com': 9051 };

/** The policy that the samples with private data are to be deployed with, as they say. */
const eitherPeer = "OR('Org1MSP.peer','Org2MSP.peer')";

(samples === undefined ? describe.skip : describe)(`the asset-transfer samples of Fabric${asFar}`, () => {
    let home: string;
    beforeAll(() => (home = mkdtempSync(join(tmpdir(), 'poolproof-samples-'))));
    afterAll(() => rmSync(home, { recursive: true }));

    /** What the sample's application printed. Rejects if it failed. */
    async function run(
        sample: string,
        chaincodeFolder: string,
        name: string,
        endorsement = 'majority',
    ): Promise<string> {
        for (const part of [chaincodeFolder, 'application-gateway-typescript']) {
            const folder = join(home, sample, part);
            cpSync(join(resolve(samples!), sample, part), folder, { recursive: true });
            await npm(folder, existsSync(join(folder, 'tsconfig.json')));
        }
        const folder = join(home, sample, chaincodeFolder);
        const collectionsFile = join(folder, 'collections_config.json');
        const collections: readonly Collection[] = existsSync(collectionsFile) ? readCollections(collectionsFile) : [];
        const network = await openNetwork('embedded', consortium, {
            chaincodes: [{ name, version: '1', folder, endorsement, collections }],
            folder: join(home, 'test-network'),
            ports,
        });
        try {
            const application = join(home, sample, 'application-gateway-typescript', 'dist', 'app.js');
            const { stdout, stderr } = await promisify(execFile)(process.execPath, [application]);
            expect(stderr).toBe('');
            return stdout;
        } finally {
            await network.close();
        }
    }

    it('create, transfer and read an asset, and are told that another does not exist', async () => {
        const printed = await run('asset-transfer-basic', 'chaincode-typescript', 'basic');
        expect(printed.match(/\*\*\* Transaction committed successfully/g)).toHaveLength(3);
        expect(printed).toContain("Owner: 'Saptha'");
        expect(printed).toContain('*** Successfully caught the error');
        expect(printed).toContain('The asset asset70 does not exist');
    }, 600_000);

    it('hear of every change, and again when they replay events from a block', async () => {
        const printed = await run('asset-transfer-events', 'chaincode-javascript', 'events', eitherPeer);
        const events = ['CreateAsset', 'UpdateAsset', 'TransferAsset', 'DeleteAsset'];
        for (const event of events) {
            expect(printed).toContain(`<-- Chaincode event received: ${event} -`);
            expect(printed).toContain(`<-- Chaincode event replayed: ${event} -`);
        }
    }, 600_000);

    it('keep private data to its owner, hand it over by agreement, delete and purge it', async () => {
        const printed = await run('asset-transfer-private-data', 'chaincode-typescript', 'private', eitherPeer);
        expect(printed.match(/\*\*\* Received expected error/g)).toHaveLength(2);
        expect(printed).toContain('*** No result');
        expect(printed).toContain('--> Submit Transaction: PurgeAsset');
    }, 600_000);
});

async function npm(folder: string, isCompiled: boolean): Promise<void> {
    const isLocked = ['package-lock.json', 'npm-shrinkwrap.json'].some(file => existsSync(join(folder, file)));
    const options = { cwd: folder, shell: process.platform === 'win32' };
    await promisify(execFile)(
        'npm',
        [isLocked ? 'ci' : 'install', '--no-audit', '--no-fund', '--ignore-scripts'],
        options,
    );
    if (isCompiled) await promisify(execFile)('npm', ['run', 'build'], options);
}
