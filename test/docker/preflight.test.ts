import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import type { Script } from './scripted-docker';
import { ScriptedDocker } from './scripted-docker';

const answering: Script = [{ asked: 'info', prints: String(8 * 2 ** 30) }];

describe('network:up says in one sentence', () => {
    let docker: ScriptedDocker | undefined;

    afterEach(() => docker?.remove());

    function up(script: Script | undefined, firstPort = 17050): string {
        docker = new ScriptedDocker(script);
        const { code, complaint } = docker.network(firstPort, 'up');
        expect(code).toBe(1);
        expect(complaint.trimEnd().split('\n')).toHaveLength(1);
        return complaint;
    }

    test('that docker is missing', () => {
        expect(up(undefined)).toMatch(/^DOCKER_MISSING: /);
    });

    test('that docker does not answer, and why', () => {
        const complaint = up([{ asked: 'info', complains: 'Cannot connect to the daemon.\n', exits: 1 }]);
        expect(complaint).toMatch(/^DOCKER_NOT_RUNNING: .*Cannot connect to the daemon\. /);
    });

    test('that there is no compose', () => {
        expect(up([...answering, { asked: 'compose version', exits: 1 }])).toMatch(/^COMPOSE_MISSING: /);
    });

    test('that an image is missing, and which', () => {
        const missing = { asked: 'image inspect hyperledger/fabric-tools', exits: 1 };
        const complaint = up([...answering, missing, { asked: 'pull', complains: 'no such host', exits: 1 }]);
        expect(complaint).toMatch(/^IMAGE_MISSING: .*hyperledger\/fabric-tools:.*no such host/);
    });

    test('that docker has too little memory, and how much is needed', () => {
        expect(up([{ asked: 'info', prints: String(2 ** 28) }])).toMatch(/^MEMORY_SHORT: docker has 256 MB .* \d+ MB/);
    });

    test('which port is taken, and for whom it was meant', async () => {
        const taken = await listen();
        const { port } = taken.address() as AddressInfo;
        expect(up(answering, port - 10)).toMatch(
            new RegExp(`^PORT_TAKEN: port ${port}, meant for orderer1\\.orderer\\.example\\.com, `),
        );
        taken.close();
    });

    test('that a command is unknown, and what there is', () => {
        docker = new ScriptedDocker(answering);
        expect(docker.network(17050, 'upp').complaint).toMatch(
            /^USAGE: unknown command "upp"\. Usage: up\|upgrade\|down/,
        );
    });
});

describe('network:status', () => {
    test('says that no network is up', () => {
        const docker = new ScriptedDocker(answering);
        expect(docker.network(17050, 'status').complaint).toMatch(/^NETWORK_DOWN: .*Run npm run network:up/);
        docker.remove();
    });
});

function listen(): Promise<Server> {
    return new Promise(resolve => {
        const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    });
}
