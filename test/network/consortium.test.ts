import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
    Authority,
    collectionsOf,
    issueCertificates,
    parseConsortium,
    readCertificates,
    readCollections,
    readConsortium,
    writeCertificates,
} from '@poolproof/network';

const exampleFile = join(__dirname, '..', '..', '..', 'network', 'consortium.json');

interface Draft {
    channel: unknown;
    batch: Record<string, unknown>;
    chaincode: Record<string, unknown>;
    institutions: Record<string, unknown>[];
    orderers: Record<string, unknown>;
    [field: string]: unknown;
}

/** The example with one thing changed. */
function changed(change: (draft: Draft) => void): () => unknown {
    const draft = JSON.parse(readFileSync(exampleFile, 'utf8')) as Draft;
    change(draft);
    return () => parseConsortium(draft);
}

describe('the consortium file', () => {
    it('of the example is read', () => {
        const consortium = readConsortium(exampleFile);
        expect(consortium.institutions.map(({ id }) => id)).toEqual(['bank-a', 'bank-b', 'trust', 'fund', 'regulator']);
    });

    const wrong: [string, (draft: Draft) => void, string][] = [
        [
            'an unknown role',
            d => (d.institutions[2]!['roles'] = ['bank']),
            'institutions[2].roles[0]: unknown role "bank" (known: depository, investor, originator, regulator, servicer, trustee)',
        ],
        [
            'a role named twice',
            d => (d.institutions[3]!['roles'] = ['investor', 'investor']),
            'institutions[3].roles[1]: this role stands twice',
        ],
        [
            'an MSP id taken twice',
            d => (d.institutions[1]!['mspId'] = 'BankAMSP'),
            'institutions[1].mspId: "BankAMSP" is already the mspId of institutions[0]',
        ],
        [
            "the orderers' domain taken",
            d => (d.institutions[1]!['domain'] = 'orderer.example.com'),
            'institutions[1].domain: "orderer.example.com" is already the domain of orderers',
        ],
        [
            'no trustee',
            d => (d.institutions[2]!['roles'] = ['depository']),
            'institutions: no trustee: no deal can be made without one',
        ],
        ['no institution', d => (d.institutions = []), 'institutions: at least one institution is needed'],
        [
            'an id with capitals',
            d => (d.institutions[0]!['id'] = 'BankA'),
            'institutions[0].id: "BankA" is not an id (lower-case letters, digits, dashes)',
        ],
        ['no peers', d => (d.institutions[0]!['peers'] = 0), 'institutions[0].peers: 0 must be between 1 and 100'],
        [
            'a time without unit',
            d => (d.batch['timeout'] = '2'),
            'batch.timeout: expected a duration such as 200ms, 2s or 1m',
        ],
        [
            'a mistyped field',
            d => (d.batch['maxMessage'] = 1),
            'unknown field "maxMessage" (known: timeout, maxMessages, preferredBytes, absoluteBytes)',
        ],
        ['no channel', d => delete d['channel'], 'channel: expected text, found nothing'],
        [
            'a policy that is none',
            d => (d.chaincode['endorsement'] = 'most'),
            'chaincode.endorsement: "most" is not "majority", "any" or a signature policy',
        ],
    ];
    it.each(wrong)('with %s is refused, naming the place', (_, change, message) => {
        expect(changed(change)).toThrow(message);
    });

    it('that is no JSON is refused with its name', () => {
        const file = join(tmpdir(), `poolproof-consortium-${process.pid}.json`);
        writeFileSync(file, '{ "name": ');
        expect(() => readConsortium(file)).toThrow(file);
        rmSync(file);
        expect(() => readConsortium(file)).toThrow(`${file}: ENOENT`);
    });

    it('without any roles describes a plain network for any chaincode', () => {
        const plain = changed(draft => draft.institutions.forEach(each => (each['roles'] = [])));
        expect(collectionsOf(plain() as ReturnType<typeof parseConsortium>)).toEqual([]);
    });
});

describe('collections', () => {
    const collections = collectionsOf(readConsortium(exampleFile));

    it('are a tape for each originator and trustee, a book for each institution, and the registry of pledges', () => {
        expect(collections.map(({ name }) => name)).toEqual([
            'tape_bank-a_trust',
            'tape_bank-b_trust',
            'book_bank-a',
            'book_bank-b',
            'book_trust',
            'book_fund',
            'book_regulator',
            'pledges',
        ]);
    });

    it('say who is a member and who must endorse', () => {
        expect(collections[0]).toEqual({
            name: 'tape_bank-a_trust',
            policy: "OR('BankAMSP.member','TrustMSP.member','RegulatorMSP.member')",
            requiredPeerCount: 1,
            maxPeerCount: 3,
            blockToLive: 0,
            memberOnlyRead: true,
            memberOnlyWrite: true,
            endorsementPolicy: { signaturePolicy: "AND('BankAMSP.peer','TrustMSP.peer')" },
        });
        expect(collections.find(({ name }) => name === 'pledges')).toMatchObject({
            policy: "OR('TrustMSP.member','RegulatorMSP.member')",
            requiredPeerCount: 0,
            endorsementPolicy: { signaturePolicy: "OR('TrustMSP.peer')" },
        });
    });

    it('of a file are read as the peer command reads them, or refused naming the place', () => {
        const file = join(tmpdir(), `poolproof-collections-${process.pid}.json`);
        writeFileSync(file, JSON.stringify([{ name: 'c', policy: "OR('AMSP.member')", maxPeerCount: 1 }]));
        expect(readCollections(file)).toMatchObject([{ name: 'c', requiredPeerCount: 0, memberOnlyRead: false }]);
        writeFileSync(file, JSON.stringify([{ name: '_c', policy: "OR('AMSP.member')", maxPeerCount: 1 }]));
        expect(() => readCollections(file)).toThrow(`${file}: [0].name: "_c" is not a collection name`);
        rmSync(file);
    });
});

describe('certificates', () => {
    const consortium = readConsortium(exampleFile);
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-certificates-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('lie where cryptogen puts them and are read back', async () => {
        const issued = await issueCertificates(consortium);
        writeCertificates(issued, folder);
        const peer = join(folder, 'peerOrganizations', 'bank-a.example.com', 'peers', 'peer0.bank-a.example.com');
        expect(readdirSync(join(peer, 'msp')).sort()).toEqual([
            'cacerts',
            'config.yaml',
            'keystore',
            'signcerts',
            'tlscacerts',
        ]);
        expect(readdirSync(join(peer, 'tls')).sort()).toEqual(['ca.crt', 'server.crt', 'server.key']);
        expect(statSync(join(peer, 'msp', 'keystore', 'priv_sk')).mode & 0o077).toBe(0);
        const read = await readCertificates(consortium, folder);
        expect(read.institutions.map(({ admin }) => admin)).toEqual(issued.institutions.map(({ admin }) => admin));
        expect(read.orderers.nodes.map(({ name }) => name)).toEqual(
            [0, 1, 2].map(n => `orderer${n}.orderer.example.com`),
        );
    });

    it('are issued by the authority of the institution and tell roles by their unit', async () => {
        const { institutions } = await readCertificates(consortium, folder);
        const [bank] = institutions;
        const authority = new X509Certificate(bank!.authority.certificatePem);
        const peer = new X509Certificate(bank!.nodes[0]!.identity.certificatePem);
        expect(authority.ca).toBe(true);
        expect(peer.ca).toBe(false);
        expect(peer.verify(authority.publicKey)).toBe(true);
        expect(peer.subject).toBe('CN=peer0.bank-a.example.com\nOU=peer');
        expect(new X509Certificate(bank!.admin.certificatePem).subject).toContain('OU=admin');
        const tls = new X509Certificate(bank!.nodes[0]!.tls.certificatePem);
        expect(tls.checkHost('peer0.bank-a.example.com')).toBeDefined();
        expect(tls.checkIP('127.0.0.1')).toBeDefined();
    });

    it('carry attributes where chaincode looks for them', async () => {
        const loaded = await Authority.load(await Authority.create('ca.test', 'Test'));
        const { certificatePem } = await loaded.issueIdentity('clerk', 'client', { 'poolproof.role': 'trustee' });
        const der = new X509Certificate(certificatePem).raw.toString('latin1');
        // OBJECT IDENTIFIER 1.2.3.4.5.6.7.8.1, then the JSON.
        expect(der).toContain(Buffer.from('06082a03040506070801', 'hex').toString('latin1'));
        expect(der).toContain('{"attrs":{"poolproof.role":"trustee"}}');
    });
});
