import tseslint from 'typescript-eslint';
import eslint from '@eslint/js';
import { importRules } from './import-rules.js';

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Refuses what leaves `place`, by that many `../`, for another of its neighbours than these; '' is a file beside it. */
const onlyFrom = (place, steps, neighbours) => {
  const allowed = neighbours.map((name) => (name === '' ? '[^/]+$' : `${escape(name)}/`));
  return {
    regex: `^(?:\\.\\./){${steps}}(?!${[...allowed, '\\.\\./'].join('|')})`,
    message: `${place} may import only from: ${neighbours.map((name) => name || 'files beside it').join(', ')} (import-rules.js).`,
  };
};

/** Refuses what a storey would import, in the other folders that have one of its name, from elsewhere than that allows. */
const keepsToItsName = (folder, storey, steps) =>
  Object.entries(importRules)
    .filter(([other, { storeys = {} }]) => other !== folder && storey in storeys)
    .map(([other, { storeys }]) => {
      const { regex, message } = onlyFrom(`src/*/${storey}`, 0, [storey, ...storeys[storey]]);
      return { regex: `^(?:\\.\\./){${steps}}${escape(other)}/${regex.slice(1)}`, message };
    });

const onlyPackages = (place, packages) => {
  const names = packages.map((name) => (name.endsWith(':*') ? `${escape(name.slice(0, -1))}.*` : escape(name)));
  return {
    regex: names.length > 0 ? `^(?!\\.)(?!(?:${names.join('|')})$)` : '^(?!\\.)',
    message: `${place} may use only these packages: ${packages.join(', ') || 'none'} (import-rules.js).`,
  };
};

/**
 * `no-restricted-imports` for each folder of src and each storey in one, made from the table in import-rules.js. A pattern
 * sees only the specifier, so files have a block for each depth: what leaves the folder starts with that many `../`.
 */
const folderRules = Object.entries(importRules).flatMap(([folder, { folders, packages, storeys = {} }]) => {
  const block = (inner, depth, patterns) => ({
    files: [`src/${folder}/${inner}${'*/'.repeat(depth - 1 - (inner === '' ? 0 : 1))}*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  });
  const common = (depth) => [
    onlyFrom(`src/${folder}`, depth, [folder, ...folders]),
    onlyPackages(`src/${folder}`, packages),
  ];
  return [
    ...[1, 2, 3].map((depth) => block('', depth, common(depth))),
    // ESLint takes the last block for a file alone, so it says everything.
    ...Object.entries(storeys)
      .filter(([storey]) => storey !== '')
      .flatMap(([storey, below]) =>
        [2, 3].map((depth) => {
          const between = onlyFrom(`src/${folder}/${storey}`, depth - 1, [storey, ...below]);
          return block(`${storey}/`, depth, [...common(depth), between, ...keepsToItsName(folder, storey, depth)]);
        }),
      ),
  ];
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
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports: a thing has one name everywhere.' },
        {
          selector: "MemberExpression[object.name='AbortSignal'][property.name=/^(any|timeout)$/]",
          message:
            'On Node 20 a garbage collection may lose it: use JointSignal (src/mysql/server/session/joint-signal.ts).',
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
