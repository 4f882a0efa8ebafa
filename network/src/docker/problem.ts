interface ProblemRow {
    readonly sentence: string;
    readonly remedy: string;
}

/** What can stand in the way of the docker network. One row a code: what is the matter, and what the user can do. */
export const problems = {
    CHAINCODE_NOT_BUILT: {
        sentence: 'the chaincode in {folder} is not built: {problem}',
        remedy: 'Run npm ci and npm run build.',
    },
    COMMAND_FAILED: { sentence: '{command} failed: {problem}', remedy: 'See npm run network:logs.' },
    COMPOSE_MISSING: {
        sentence: 'neither "docker compose" nor "docker-compose" answers',
        remedy: 'Install the docker compose plugin.',
    },
    CONSORTIUM_CHANGED: {
        sentence: 'the network in {folder} was made from another consortium file ({difference})',
        remedy: 'Run npm run network:upgrade, or npm run network:down to start afresh.',
    },
    DEFINITION_CHANGED: {
        sentence: 'the channel runs version {committed} of {chaincode}, the consortium file asks for {asked}',
        remedy: 'Run npm run network:upgrade.',
    },
    DOCKER_MISSING: {
        sentence: 'the docker command was not found',
        remedy: 'Install Docker Engine or Docker Desktop.',
    },
    DOCKER_NOT_RUNNING: {
        sentence: 'docker does not answer: {problem}',
        remedy: 'Start docker, and see that you may use it (docker info).',
    },
    IMAGE_MISSING: {
        sentence: 'the image {image} is not here and could not be pulled: {problem}',
        remedy: 'Run docker pull {image}, or load it with docker load.',
    },
    MEMORY_SHORT: {
        sentence: 'docker has {have} MB of memory, this consortium needs {need} MB',
        remedy: 'Give docker more memory, or name fewer peers and orderers in the consortium file.',
    },
    NETWORK_DOWN: {
        sentence: 'no docker network of the consortium "{consortium}" is up',
        remedy: 'Run npm run network:up.',
    },
    NODE_SILENT: {
        sentence: '{node} does not answer after {seconds} s: {problem}',
        remedy: 'See npm run network:logs -- {node}.',
    },
    PORT_TAKEN: {
        sentence: 'port {port}, meant for {node}, is taken by another program',
        remedy: 'Stop that program, or set POOLPROOF_PORT to another first port.',
    },
    USAGE: { sentence: '{problem}', remedy: 'Usage: {usage}' },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof problems;

/** A docker network that cannot do what was asked: `CODE: sentence. remedy`. */
export class DockerProblem extends Error {
    override readonly name = 'DockerProblem';

    constructor(
        readonly code: ProblemCode,
        readonly details: Readonly<Record<string, string | number>> = {},
    ) {
        const { sentence, remedy } = problems[code];
        // What docker says may end in a full stop of its own.
        super(`${code}: ${fill(sentence, details).replace(/[.?!]+$/, '')}. ${fill(remedy, details)}`);
    }
}

function fill(text: string, details: Readonly<Record<string, string | number>>): string {
    return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(details[name] ?? placeholder));
}
