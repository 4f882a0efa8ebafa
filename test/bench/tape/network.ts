import { fork } from 'node:child_process';
import { resolve } from 'node:path';

import { openNetwork, readConsortium } from '@poolproof/network';

import { found, openBooks } from '../../setting/founding';
import { gather, members } from '../../setting/cast';
import { issueDeal } from '../../setting/issuing';

import type { ChildProcess } from 'node:child_process';
import type { Consortium, Identity, Network, PeerEndpoint } from '@poolproof/network';
import type { Cast, MemberId } from '../../setting/cast';
import type { Day } from '@poolproof/chaincode/domain';

/** The example consortium under a name of its own, so that a docker network that is up is left alone. */
export const consortium: Consortium = {
    ...readConsortium(resolve(__dirname, '../../../../network/consortium.json')),
    name: 'poolproof-bench',
};

/** Chaincode of the docker network: Poolproof's, and beside it the way with which it is compared. */
export const controlFolder = resolve(__dirname, '../../../bench/tape/control-chaincode');

/** Processor time of all threads so far, and the most memory so far. */
export interface Used {
    readonly seconds: number;
    readonly megabytes: number;
}

/** What a client needs to connect (`connect`). */
export interface Desk {
    readonly identity: Identity;
    readonly peers: readonly PeerEndpoint[];
    readonly channel: string;
    readonly chaincode: string;
}

export type Desks = Readonly<Record<MemberId, Desk>>;

/** A network in a process of its own, so that its work and memory do not count as the client's. The institutions have joined. */
export class NetworkProcess {
    private constructor(
        private readonly child: ChildProcess,
        readonly kind: Network['kind'],
        readonly desks: Desks,
    ) {}

    static async open(kind: Network['kind']): Promise<NetworkProcess> {
        const child = fork(__filename, [kind]);
        return new NetworkProcess(child, kind, (await answer(child)) as Desks);
    }

    /** Undefined for a docker network, whose containers nobody counts. */
    async used(): Promise<Used | undefined> {
        if (this.kind === 'docker') return undefined;
        return (await this.ask({ name: 'used' })) as Used;
    }

    /** Issues the notes of a sealed deal and closes it: what is between a tape and its first month, and not measured. */
    async issue(dealId: string): Promise<void> {
        await this.ask({ name: 'issue', dealId });
    }

    async close(): Promise<void> {
        const ended = new Promise(done => this.child.once('exit', done));
        this.child.disconnect();
        await ended;
    }

    private ask(question: Question): Promise<unknown> {
        this.child.send(question);
        return answer(this.child);
    }
}

type Question = { readonly name: 'used' } | { readonly name: 'issue'; readonly dealId: string };

function answer(child: ChildProcess): Promise<unknown> {
    return new Promise((done, failed) => {
        const ended = () => {
            failed(new Error('the network process has ended'));
        };
        child.once('exit', ended);
        child.once('message', message => {
            child.off('exit', ended);
            done(message);
        });
    });
}

/** Serves until the client goes, whatever became of it. */
async function serve(kind: Network['kind']): Promise<void> {
    const network = await openNetwork(kind, consortium);
    const cast = await gather(network);
    await found(cast);
    await openBooks(cast, '2017-06-19' as Day);
    process.on('disconnect', () => {
        cast.leave();
        void network.close().then(() => process.exit());
    });
    process.on('message', (question: Question) => {
        void answerTo(question, cast).then(said => process.send?.(said));
    });
    process.send?.(await desksOf(network));
}

async function answerTo(question: Question, cast: Cast): Promise<Used> {
    if (question.name === 'issue') await issueDeal(cast, question.dealId);
    return used();
}

async function desksOf(network: Network): Promise<Desks> {
    const { channel, chaincode } = network.consortium;
    const desks: [MemberId, Desk][] = [];
    for (const { id, roles } of members) {
        const identity = await network.identity(id, `bench@${id}`, { 'poolproof.role': [...roles, 'admin'].join(',') });
        desks.push([id, { identity, peers: network.peers(id), channel, chaincode: chaincode.name }]);
    }
    return Object.fromEntries(desks) as unknown as Desks;
}

function used(): Used {
    const { user, system } = process.cpuUsage();
    return { seconds: (user + system) / 1e6, megabytes: Math.round(process.resourceUsage().maxRSS / 1e3) };
}

if (require.main === module) void serve(process.argv[2] === 'docker' ? 'docker' : 'embedded');
