import { readFileSync } from 'node:fs';
import { LevelFolder } from '@poolproof/network/dist/embedded/ledger';
import type { PeerLedger, Simulator } from '@poolproof/network/dist/embedded/ledger';
import { CHANNEL, LedgerNetwork, text, value } from './ledger-fixture';
import type { NetworkKeys } from './ledger-fixture';

/**
 * Writes to a ledger on disk until it is killed: every block counts up a public key and adds a private one. Before that, it checks
 * that what an earlier writer left behind is whole. Arguments: the folder, the file with the keys of the institutions.
 */
async function main([folderName, keysFile]: readonly string[]): Promise<void> {
    const keys = JSON.parse(readFileSync(keysFile ?? '', 'utf8')) as NetworkKeys;
    const mspIds = keys.institutions.map(({ mspId }) => mspId);
    const folder = await LevelFolder.open(folderName ?? '', CHANNEL);
    const network = await LedgerNetwork.open(mspIds, { folder, keys });
    const [first] = network.ledgers.values();
    if (first?.height === 1) await defineChaincode(network);
    for (const mspId of mspIds) check(network, mspId);
    tell(`whole ${first?.height ?? 0}`);
    for (;;) {
        const made = [await network.make(note), await network.make(count)];
        await network.commit(made.map(({ envelope }) => envelope));
        tell(`committed ${first?.height ?? 0}`);
    }
}

const book = {
    name: 'book',
    policy: "OR('BankAMSP.member','TrustMSP.member')",
    requiredPeerCount: 0,
    maxPeerCount: 3,
    blockToLive: 3,
    memberOnlyRead: false,
    memberOnlyWrite: false,
};

async function defineChaincode(network: LedgerNetwork): Promise<void> {
    const definition = await network.makeDefinition({ collections: [book] });
    await network.commit([definition.envelope]);
}

/** Comes after the note, which reads the count. */
function count(simulator: Simulator): void {
    const before = Number(text(simulator.getState('cc', 'count')) ?? '0');
    simulator.putState('cc', 'count', value(String(before + 1)));
}

/** Private keys expire after three blocks, so that blocks also take away. */
function note(simulator: Simulator): void {
    const number = (text(simulator.getState('cc', 'count')) ?? '0').padStart(9, '0');
    simulator.putPrivateData('cc', 'book', number, value(`note ${number}`));
}

/** State, history, private data and blocks must tell the same story: two blocks to begin with, then one count each. */
function check(network: LedgerNetwork, mspId: string): void {
    const ledger = network.ledger(mspId);
    const counted = ledger.height - 2;
    const said = network.read(mspId, simulator => text(simulator.getState('cc', 'count')));
    must(Number(said ?? '0') === counted, `${mspId} counts ${said} in ${counted} blocks`);
    must([...ledger.history('cc', 'count')].length === counted, `${mspId} has another history`);
    for (let number = 1; number < ledger.height; number++) {
        const link = ledger.block(number)?.block.previousHash;
        must(Buffer.compare(link!, ledger.block(number - 1)!.block.hash) === 0, `${mspId} has a broken chain`);
    }
    if (mspId !== 'FundMSP') must(notesOf(network, mspId) === expectedNotes(ledger), `${mspId} has other private data`);
}

function notesOf(network: LedgerNetwork, mspId: string): string {
    return network.read(mspId, simulator => {
        const rows = simulator.privateRange('cc', 'book', '', '');
        const notes: string[] = [];
        for (let row = rows.next(); row !== undefined; row = rows.next()) notes.push(`${row.key}=${text(row.value)}`);
        return notes.join();
    });
}

/** The note of a block is there while it and the next three are the last ones. */
function expectedNotes(ledger: PeerLedger): string {
    const notes: string[] = [];
    for (let number = Math.max(2, ledger.height - 4); number < ledger.height; number++) {
        const key = String(number - 2).padStart(9, '0');
        notes.push(`${key}=note ${key}`);
    }
    return notes.join();
}

function must(holds: boolean, problem: string): void {
    if (holds) return;
    tell(`broken ${problem}`);
    process.exit(1);
}

function tell(line: string): void {
    process.stdout.write(`${line}\n`);
}

void main(process.argv.slice(2));
