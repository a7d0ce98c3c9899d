import tseslint from 'typescript-eslint';
import eslint from '@eslint/js';
import { importRules } from './import-rules.js';

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/**
 * `no-restricted-imports` for each folder of src, made from the table in import-rules.js. A pattern sees only the
 * specifier, so files at depth one and two have a block each: what leaves the folder starts with that many `../`.
 */
const folderRules = Object.entries(importRules).flatMap(([folder, { folders, packages }]) => {
  const inside = [folder, ...folders].map(escape).join('|');
  const outside = packages.map((name) => (name.endsWith(':*') ? `${escape(name.slice(0, -1))}.*` : escape(name)));
  return [1, 2].map((depth) => ({
    files: [`src/${folder}/${'*/'.repeat(depth - 1)}*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(?:\\.\\./){${depth}}(?!(?:${inside})/)`,
              message: `src/${folder} may import only from: ${[folder, ...folders].join(', ')} (import-rules.js).`,
            },
            {
              regex: outside.length > 0 ? `^(?!\\.)(?!(?:${outside.join('|')})$)` : '^(?!\\.)',
              message: `src/${folder} may use only these packages: ${packages.join(', ') || 'none'} (import-rules.js).`,
            },
          ],
        },
      ],
    },
  }));
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'evidence/'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports: a thing has one name everywhere.' },
        {
          selector: "MemberExpression[object.name='AbortSignal'][property.name=/^(any|timeout)$/]",
          message: 'On Node 20 a garbage collection may lose it: use JointSignal (src/mysql/server/session/joint-signal.ts).',
        },
      ],
    },
  },
  ...folderRules,
  {
    files: ['test/**/*.ts'],
    // A describe() block is one function; its length says nothing.
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    // vitest wants default exports of its configuration and reporters.
    files: ['*.config.ts', 'test/support/closing-line-reporter.ts', 'test/support/stack-setup.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['*.js', '**/*.mjs', '*.config.ts', 'scripts/**'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-restricted-syntax': 'off', 'no-console': 'off' },
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
);
