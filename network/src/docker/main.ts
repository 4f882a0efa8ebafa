import type { Consortium } from '../consortium';
import { readConsortium } from '../consortium';
import { DocumentError } from '../document';
import { down } from './down';
import { findEngine, showCompose } from './engine';
import { planNetwork } from './plan';
import { DockerProblem } from './problem';
import { status } from './status';
import { up } from './up';

const usage = 'up|down|status|logs [--consortium FILE] [--chaincode FOLDER] [NAME ...]';

interface Command {
    readonly verb: string;
    readonly consortium: Consortium;
    readonly chaincodeFolder: string;
    readonly names: readonly string[];
}

async function main(words: readonly string[]): Promise<void> {
    const { verb, consortium, chaincodeFolder, names } = read(words);
    const say = (text: string): void => void process.stdout.write(text);
    switch (verb) {
        case 'up':
            return up(consortium, chaincodeFolder, say);
        case 'down':
            return down(consortium, say);
        case 'status':
            return status(consortium, say);
        case 'logs':
            process.exitCode = await showCompose(await findEngine(), planNetwork(consortium), 'logs', ...names);
            return;
        default:
            throw new DockerProblem('USAGE', { problem: `unknown command "${verb}"`, usage });
    }
}

function read(words: readonly string[]): Command {
    const [verb = '', ...rest] = words;
    let consortiumFile = 'network/consortium.json';
    let chaincodeFolder = 'chaincode';
    const names: string[] = [];
    while (rest.length > 0) {
        const word = rest.shift()!;
        if (word === '--consortium') consortiumFile = rest.shift() ?? '';
        else if (word === '--chaincode') chaincodeFolder = rest.shift() ?? '';
        else names.push(word);
    }
    return { verb, consortium: readConsortium(consortiumFile), chaincodeFolder, names };
}

main(process.argv.slice(2)).catch((error: unknown) => {
    const expected = error instanceof DockerProblem || error instanceof DocumentError;
    process.stderr.write(`${expected ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = 1;
});
