import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const clock = 'The domain knows no clock: take the day as an argument.';
const exact = 'Money and rates are exact: use bigint (money.ts, rate.ts).';

export default tseslint.config(
    { ignores: ['**/dist/**', '**/node_modules/**', 'coverage/**', 'docs/**'] },
    eslint.configs.recommended,
    ...tseslint.configs.recommendedTypeChecked,
    {
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
            '@typescript-eslint/consistent-type-imports': 'error',
            '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
            '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
            // Branded bigints (Amount) are bigint to the runtime but not to this rule.
            '@typescript-eslint/no-unsafe-unary-minus': 'off',
            eqeqeq: 'error',
        },
    },
    {
        files: ['chaincode/src/**/*.ts'],
        rules: {
            'no-restricted-globals': [
                'error',
                { name: 'Date', message: clock },
                { name: 'Intl', message: 'No locale.' },
            ],
            'no-restricted-properties': [
                'error',
                { object: 'Math', property: 'random', message: 'Every peer must decide alike.' },
                { property: 'localeCompare', message: 'No locale: byCodePoint of canonical.ts.' },
                { property: 'toLocaleString', message: 'No locale: formatAmount of money.ts.' },
                { object: 'Number', property: 'parseFloat', message: exact },
                { property: 'toFixed', message: exact },
            ],
        },
    },
    {
        files: ['chaincode/src/domain/**/*.ts'],
        rules: {
            'no-restricted-imports': ['error', { patterns: ['fabric-*', 'node:*', '../ledger/*', '../contracts/*'] }],
        },
    },
    // Jest's matchers are typed any.
    {
        files: ['test/**/*.ts'],
        rules: {
            '@typescript-eslint/no-unsafe-argument': 'off',
            '@typescript-eslint/no-unsafe-assignment': 'off',
            'no-restricted-syntax': [
                'error',
                {
                    selector:
                        'CallExpression[callee.property.name="each"] > TSTypeParameterInstantiation > TSTupleType > :matches(TSOptionalType, TSNamedTupleMember[optional=true])',
                    message: 'Jest hands a row that is short a callback, and waits for it: end rows in one object.',
                },
            ],
        },
    },
    {
        files: ['**/*.mjs', '**/*.js'],
        extends: [tseslint.configs.disableTypeChecked],
        languageOptions: {
            globals: {
                Buffer: 'readonly',
                console: 'readonly',
                module: 'writable',
                process: 'readonly',
                require: 'readonly',
            },
        },
    },
    { files: ['eslint.config.mjs'], rules: { 'no-restricted-exports': 'off' } },
);
