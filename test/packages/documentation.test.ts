import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import ts from 'typescript';

import { printRefusals, refusalFile } from './refusal-table';

const root = resolve(__dirname, '../../..');
const index = join(root, 'gateway/src/index.ts');

/** What examples take for granted: desks at work, and what stands in their hands. */
const prelude = `
import * as poolproof from '@poolproof/gateway';
declare const [bank, regulator, trust, fund, seller, buyer, servicer, originator, depository, clerk]: poolproof.Connection[];
`;

describe('the documentation', () => {
    const options: ts.CompilerOptions = {
        ...{ target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'], types: ['node'] },
        ...{ module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
        ...{ strict: true, skipLibCheck: true, noEmit: true, esModuleInterop: true },
        ...{ exactOptionalPropertyTypes: true, typeRoots: [join(root, 'node_modules/@types')] },
    };
    const program = ts.createProgram([index], options);
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(index)!;
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map(symbol => ({
        name: symbol.name,
        symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    }));
    const isDocumented = (symbol: ts.Symbol) => symbol.getDocumentationComment(checker).length > 0;

    it('says of everything that the library exports what it is', () => {
        expect(exported.length).toBeGreaterThan(100);
        expect(exported.filter(({ symbol }) => !isDocumented(symbol)).map(({ name }) => name)).toEqual([]);
    });

    it('says of every method that a caller can use what it does', () => {
        const silent = exported
            .filter(({ symbol }) => symbol.flags & ts.SymbolFlags.Class)
            .flatMap(({ name, symbol }) =>
                checker
                    .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
                    .filter(member => member.flags & ts.SymbolFlags.Method && isOurs(member) && !isDocumented(member))
                    .map(member => `${name}.${member.name}`),
            );
        expect([...new Set(silent)]).toEqual([]);
    });

    it('shows by an example that the compiler takes how each noun is used', () => {
        const nouns = checker
            .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(find('Nouns')))
            .map(property => checker.getTypeOfSymbol(property).symbol);
        expect(nouns.length).toBeGreaterThanOrEqual(10);
        const examples = nouns.map(noun => ({ noun: noun.name, code: exampleOf(noun) }));
        expect(examples.filter(({ code }) => code === '').map(({ noun }) => noun)).toEqual([]);
        expect(problemsOf(examples.map(({ code }) => code))).toEqual([]);
    });

    it('has every refusal of the one table (`npm run docs` prints it)', () => {
        expect(existsSync(refusalFile)).toBe(true);
        expect(readFileSync(refusalFile, 'utf8')).toBe(printRefusals());
    });

    const find = (name: string) => exported.find(each => each.name === name)!.symbol;
    const exampleOf = (symbol: ts.Symbol) =>
        symbol
            .getJsDocTags(checker)
            .filter(({ name }) => name === 'example')
            .map(({ text }) => ts.displayPartsToString(text))
            .join('\n');

    function isOurs(member: ts.Symbol): boolean {
        const file = member.valueDeclaration?.getSourceFile().fileName ?? '';
        const isPrivate = ts.getCombinedModifierFlags(member.valueDeclaration!) & ts.ModifierFlags.Private;
        const isPrinting = ['toJSON', 'toString'].includes(member.name) || member.name.startsWith('__@');
        return file.startsWith(join(root, 'gateway/src')) && !isPrivate && !isPrinting;
    }

    /** What the compiler has against the examples; names that one leaves to its reader are of any type. */
    function problemsOf(examples: readonly string[]): string[] {
        const files = new Map(
            examples.map((code, i) => [
                join(root, `gateway/src/example-${i}.ts`),
                `${prelude.replaceAll("'@poolproof/gateway'", "'./index'")}\nexport async function example() {\n${code}\n}\n`,
            ]),
        );
        const host = ts.createCompilerHost(options);
        const [onDisk, load] = [host.fileExists.bind(host), host.getSourceFile.bind(host)];
        host.fileExists = name => files.has(name) || onDisk(name);
        host.getSourceFile = (name, languageVersion) => {
            const text = files.get(name);
            return text === undefined
                ? (program.getSourceFile(name) ?? load(name, languageVersion))
                : ts.createSourceFile(name, text, languageVersion);
        };
        const compiled = ts.createProgram([...files.keys()], options, host);
        const unknownName = 2304;
        return [...files.keys()]
            .flatMap(name => ts.getPreEmitDiagnostics(compiled, compiled.getSourceFile(name)))
            .filter(({ code }) => code !== unknownName && code !== 18004)
            .map(({ file, start = 0, messageText }) => {
                const line = file?.text.slice(start).split('\n')[0] ?? '';
                return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
            });
    }
});
