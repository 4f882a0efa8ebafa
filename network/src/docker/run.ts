import { spawn } from 'node:child_process';
import { DockerProblem } from './problem';

export interface Outcome {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** Run a command to its end without a shell, so that no path or name needs quoting. */
export function run(command: string, args: readonly string[], folder?: string): Promise<Outcome> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
        let stdout = '';
        let stderr = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
        child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
        child.on('error', (error: NodeJS.ErrnoException) =>
            reject(error.code === 'ENOENT' && command === 'docker' ? new DockerProblem('DOCKER_MISSING') : error),
        );
        child.on('close', code => resolve({ code: code ?? 1, stdout, stderr }));
    });
}

/** Run a command that must succeed and give what it printed. */
export async function must(command: string, args: readonly string[], folder?: string): Promise<string> {
    const { code, stdout, stderr } = await run(command, args, folder);
    if (code === 0) return stdout;
    throw new DockerProblem('COMMAND_FAILED', {
        command: [command, ...args.slice(0, 4)].join(' '),
        problem: lastLine(stderr) || lastLine(stdout) || `exit code ${code}`,
    });
}

/** Show a command's output as it comes. Gives its exit code. */
export function show(command: string, args: readonly string[], folder?: string): Promise<number> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { cwd: folder, stdio: 'inherit' });
        child.on('error', reject);
        child.on('close', code => resolve(code ?? 1));
    });
}

/** The last line that is not empty: where a command says what went wrong. */
export function lastLine(text: string): string {
    return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
