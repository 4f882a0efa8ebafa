import { readFileSync } from 'node:fs';

/** The content of a JSON file. @throws SyntaxError naming the file */
export function readJsonFile(path: string): unknown {
    const text = readFileSync(path, 'utf8');
    try {
        return JSON.parse(text);
    } catch (error) {
        throw new SyntaxError(`${path}: ${(error as Error).message}`, { cause: error });
    }
}
