/**
 * docs/errors.md is made from the error catalogue. Where this fails, the catalogue has changed:
 * `npx vitest run --project alone test/docs/errors.test.ts -u` writes the page anew.
 */
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { clientErrors } from '../../src/errors/catalogue/client.js';
import { commandErrors } from '../../src/errors/catalogue/command.js';
import { dataErrors } from '../../src/errors/catalogue/data.js';
import { devErrors } from '../../src/errors/catalogue/dev.js';
import { feedErrors } from '../../src/errors/catalogue/feed.js';
import { inputErrors } from '../../src/errors/catalogue/input.js';
import { moveErrors } from '../../src/errors/catalogue/move.js';
import { operationErrors } from '../../src/errors/catalogue/operation.js';
import { preflightErrors } from '../../src/errors/catalogue/preflight.js';
import { routerErrors } from '../../src/errors/catalogue/router.js';
import { statementErrors } from '../../src/errors/catalogue/statement.js';
import { notifyErrors } from '../../src/errors/catalogue/notify.js';
import { temporalErrors } from '../../src/errors/catalogue/temporal.js';
import { tlsErrors } from '../../src/errors/catalogue/tls.js';
import { verifyErrors } from '../../src/errors/catalogue/verify.js';
import type { Catalogue, ErrorKind } from '../../src/errors/entry.js';
import { catalogue } from '../../src/errors/switchyard-error.js';

const sections: readonly (readonly [title: string, errors: Catalogue])[] = [
  ['What was asked for', inputErrors],
  ['The statement and the table', statementErrors],
  ['The server and the table, before anything is made', preflightErrors],
  ['The data', dataErrors],
  ['Verification', verifyErrors],
  ['The change feed', feedErrors],
  ['Ownership, fencing and the swap', operationErrors],
  ['The encrypted connection to a server', tlsErrors],
  ['Commands', commandErrors],
  ['The traffic and the end of a move', moveErrors],
  ['The router', routerErrors],
  ['Lists and notifications', notifyErrors],
  ['The way to Temporal', temporalErrors],
  ['Clients', clientErrors],
  ['Local servers', devErrors],
];

const kinds: Readonly<Record<ErrorKind, string>> = {
  terminal: 'it is not tried again. A migration ends as failed, a command is refused, a program ends.',
  retryable: 'it is tried again by itself, with growing pauses.',
  needsOperator: 'the migration stays open and waits for a person, who sends `retry` or `cancel`.',
};

function page(): string {
  const intro = [
    '# Errors',
    '',
    'Every error that Switchyard raises has a code. The code is the `type` of the failure in Temporal, `error.code` in',
    'the status, and `code` in the answer to a command. Words in braces are filled in from the facts of the occurrence.',
    'All facts are in the `details` of the failure, by name, also those for programs, which no text has.',
    'An error that ends a migration leaves the original table under its name and open for writes, and what the migration',
    'made is removed.',
    '',
    ...Object.entries(kinds).map(([kind, meaning]) => `- **${kind}**: ${meaning}`),
    '',
    'This page is made from the catalogue in src/errors/catalogue by test/docs/errors.test.ts. Do not edit it.',
  ];
  const parts = sections.flatMap(([title, errors]) => [
    '',
    `## ${title}`,
    ...Object.entries(errors).flatMap(([code, { kind, sentence, remedy, unsaid = [] }]) => [
      '',
      `### ${code}`,
      '',
      sentence,
      '',
      `**What to do:** ${remedy}`,
      '',
      `Kind: ${kind}.${unsaid.length === 0 ? '' : ` Facts for programs: ${unsaid.map((name) => `\`${name}\``).join(', ')}.`}`,
    ]),
  ]);
  return `${[...intro, ...parts].join('\n')}\n`;
}

test('Every error of the catalogue is in one section of the page', () => {
  const listed = sections.flatMap(([, errors]) => Object.keys(errors));
  expect(listed.toSorted()).toEqual(Object.keys(catalogue).toSorted());
});

test('docs/errors.md says what the catalogue says', async () => {
  await expect(page()).toMatchFileSnapshot(resolve(import.meta.dirname, '../../docs/errors.md'));
});
