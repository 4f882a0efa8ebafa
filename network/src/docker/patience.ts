import { setTimeout as sleep } from 'node:timers/promises';
import { DockerProblem } from './problem';

const pause = 250;

/** Try until it works. What still fails after the given seconds is told with its last error, as NODE_SILENT. */
export async function eventually<T>(node: string, seconds: number, attempt: () => Promise<T>): Promise<T> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
        try {
            return await attempt();
        } catch (error) {
            if (Date.now() > deadline) {
                throw new DockerProblem('NODE_SILENT', { node, seconds, problem: (error as Error).message });
            }
            await sleep(pause);
        }
    }
}
