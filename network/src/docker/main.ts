import { parseArgs } from 'node:util';
import { collectionsOf, readCollections } from '../collections';
import type { Consortium } from '../consortium';
import { readConsortium } from '../consortium';
import { DocumentError } from '../document';
import { down } from './down';
import { findEngine, showCompose } from './engine';
import { planNetwork } from './plan';
import { putRevocations } from './revocations';
import { DockerProblem } from './problem';
import { status } from './status';
import type { DockerChaincode } from './up';
import { up } from './up';
import { upgrade } from './upgrade';

const usage =
    'up|upgrade|down|status|logs|collections|revocations ' +
    '[--consortium FILE] [--chaincode FOLDER] [--collections FILE] [--ca] [NAME ...]';

interface Command {
    readonly verb: string;
    readonly consortium: Consortium;
    readonly chaincode: DockerChaincode;
    readonly authorities: boolean;
    readonly names: readonly string[];
}

async function main(words: readonly string[]): Promise<void> {
    const { verb, consortium, chaincode, authorities, names } = read(words);
    const say = (text: string): void => void process.stdout.write(text);
    switch (verb) {
        case 'up':
            return up(consortium, chaincode, say, { authorities });
        case 'upgrade':
            return upgrade(consortium, chaincode, say);
        case 'down':
            return down(consortium, say);
        case 'status':
            return status(consortium, say);
        case 'logs':
            process.exitCode = await showCompose(await findEngine(), planNetwork(consortium), 'logs', ...names);
            return;
        case 'revocations':
            return putRevocations(consortium, names, say);
        case 'collections':
            return say(`${JSON.stringify(collectionsOf(consortium), undefined, 2)}\n`);
        default:
            throw new DockerProblem('USAGE', { problem: `unknown command "${verb}"`, usage });
    }
}

function read(words: readonly string[]): Command {
    const { values, positionals } = parse(words);
    const [verb = '', ...names] = positionals;
    const { chaincode: folder, collections } = values;
    return {
        verb,
        consortium: readConsortium(values.consortium),
        chaincode: { folder, ...(collections === undefined ? {} : { collections: readCollections(collections) }) },
        authorities: values.ca,
        names,
    };
}

function parse(words: readonly string[]) {
    try {
        return parseArgs({
            args: [...words],
            allowPositionals: true,
            options: {
                consortium: { type: 'string', default: 'network/consortium.json' },
                chaincode: { type: 'string', default: 'chaincode' },
                collections: { type: 'string' },
                ca: { type: 'boolean', default: false },
            },
        });
    } catch (error) {
        throw new DockerProblem('USAGE', { problem: (error as Error).message, usage });
    }
}

main(process.argv.slice(2)).catch((error: unknown) => {
    const expected = error instanceof DockerProblem || error instanceof DocumentError;
    process.stderr.write(`${expected ? error.message : String((error as Error).stack)}\n`);
    process.exitCode = 1;
});
