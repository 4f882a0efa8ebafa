import { join } from 'node:path';
import { DockerProblem } from './problem';
import type { Plan } from './plan';
import { lastLine, must, run, show } from './run';

/** The docker on this machine and the compose that comes with it. */
export interface Engine {
    readonly memoryMegabytes: number;
    /** `['docker', 'compose']` or `['docker-compose']`. */
    readonly compose: readonly [string, ...string[]];
}

/** Find docker and compose. Refuses with DOCKER_MISSING, DOCKER_NOT_RUNNING or COMPOSE_MISSING. */
export async function findEngine(): Promise<Engine> {
    const info = await run('docker', ['info', '--format', '{{.MemTotal}}']);
    if (info.code !== 0 || !(Number(info.stdout) > 0)) {
        throw new DockerProblem('DOCKER_NOT_RUNNING', { problem: lastLine(info.stderr) || lastLine(info.stdout) });
    }
    return { memoryMegabytes: Math.floor(Number(info.stdout) / 1_048_576), compose: await findCompose() };
}

async function findCompose(): Promise<Engine['compose']> {
    for (const candidate of [['docker', 'compose'], ['docker-compose']] as const) {
        const [command, ...args] = candidate;
        const found = await run(command, [...args, 'version']).catch(() => undefined);
        if (found?.code === 0) return candidate;
    }
    throw new DockerProblem('COMPOSE_MISSING');
}

export function composePath(plan: Plan): string {
    return join(plan.folder, 'compose.json');
}

/** Run a compose command on a plan's containers. */
export function compose(engine: Engine, plan: Plan, ...args: readonly string[]): Promise<string> {
    const [command, ...words] = composeWords(engine, plan, args);
    return must(command, words, plan.folder);
}

/** Run a compose command and show what it prints. Gives its exit code. */
export function showCompose(engine: Engine, plan: Plan, ...args: readonly string[]): Promise<number> {
    const [command, ...words] = composeWords(engine, plan, args);
    return show(command, words, plan.folder);
}

function composeWords(engine: Engine, plan: Plan, args: readonly string[]): readonly [string, ...string[]] {
    const [command, ...words] = engine.compose;
    return [command, ...words, '--project-name', plan.project, '--file', composePath(plan), ...args];
}

/** Names of a plan's containers that run now. */
export async function runningContainers(plan: Plan): Promise<ReadonlySet<string>> {
    const names = await must('docker', ['ps', ...ofProject(plan), '--format', '{{.Names}}']);
    return new Set(names.split('\n').filter(name => name !== ''));
}

/** Whether any container of a plan is there, running or not. */
export async function hasContainers(plan: Plan): Promise<boolean> {
    return (await must('docker', ['ps', '--all', '--quiet', ...ofProject(plan)])) !== '';
}

function ofProject(plan: Plan): readonly string[] {
    return ['--filter', `label=com.docker.compose.project=${plan.project}`];
}
