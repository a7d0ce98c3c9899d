import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellQuoted, shellWord } from '../../src/contract/command-line.js';
import { reconcileWorkflowId } from '../../src/contract/names.js';
import { initialState as initialMigration, type MigrationState } from '../../src/lifecycle/migration/state.js';
import { initialState } from '../../src/lifecycle/move/state.js';
import { detailsOf } from '../../src/workflows/migration/details.js';
import { readRequest } from '../../src/workflows/migration/request.js';
import { statusOf } from '../../src/workflows/migration/status.js';
import { moveDetailsOf } from '../../src/workflows/move/details.js';
import { moveStatusOf } from '../../src/workflows/move/status.js';
import { commandLine } from '../../src/workflows/operation/page.js';
import { moveDoctorOf } from '../../src/workflows/move/doctor.js';

function sh(script: string): string {
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' });
}

/** Names that people choose, and what a shell, a terminal or a page of markdown could take for its own. */
const odd = [
  "'",
  '"',
  '`',
  '$(x)',
  '$x',
  '\\',
  '\\n',
  '%s',
  '%',
  '-',
  ';',
  '&',
  '|',
  '!',
  '~',
  '#',
  '*',
  ' ',
  '\t',
  '\n',
];
const invisible = ['\r', '\u001b[201~', '\u0007', '\u007f', '\u0085', '\u00ad', '\u200b', '\u2028', '\u202e', '\ufeff'];
const name = fc
  .array(fc.oneof(fc.constantFrom(...odd, ...invisible, '', '0', '12', 'ü', '😀'), fc.string({ unit: 'binary' })))
  .map((parts) => parts.join(''));

describe('a word of a command line', () => {
  it.each([shellQuoted, shellWord])('is read by a shell as what it was: $name', (quote) => {
    fc.assert(
      fc.property(name, (text) => {
        expect(sh(`printf %s ${quote(text)}`)).toBe(Buffer.from(text.replaceAll('\0', '\ufffd')).toString());
      }),
      { numRuns: 100 },
    );
  });

  it('shows nothing that a terminal acts upon, and is one line unless line ends are all that it ends with', () => {
    fc.assert(
      fc.property(name, (text) => {
        const word = shellQuoted(text.replace(/\n+$/, ''));
        // eslint-disable-next-line no-control-regex
        expect(word).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/);
        // An interactive shell expands its history also in double quotes.
        if (word.startsWith('"')) expect(word).not.toContain('!');
      }),
    );
  });

  it.each(["o'; touch pwned; '", "a\nb'$(touch pwned)", '--name', 'x\u001b[201~; touch pwned #'])(
    'is one argument of the commands that pages and queries show: %j',
    (odd) => {
      const printed = 'temporal() { printf \'<%s>\' "$@"; };';
      const line = commandLine({ namespace: 'default', workflowId: odd }, 'resume', { reason: odd });
      const [id, json] = [`<--workflow-id><${odd}>`, JSON.stringify({ reason: odd })];
      expect(sh(printed + line)).toBe(`<workflow><update><execute>${id}<--name><resume><--input><${json}>`);
      const other = commandLine({ namespace: odd, workflowId: odd }, 'resume');
      expect(sh(printed + other)).toContain(`<--namespace><${odd}><--workflow-id><${odd}>`);
      const operation = { operationId: odd, sourceCluster: odd, targetCluster: odd };
      const { looks } = moveDoctorOf(operation, initialState, { namespace: odd, taskQueue: odd });
      const reconcile = `<--namespace><${odd}><--workflow-id><${reconcileWorkflowId(odd)}>`;
      const input = `<--input><${JSON.stringify({ cluster: odd, operationId: odd, dryRun: true })}>`;
      expect(sh(printed + looks[0]?.command)).toBe(
        `<workflow><start><--type><reconcile><--task-queue><${odd}><--fail-existing>${reconcile}${input}` +
          `<workflow><result>${reconcile}`,
      );
    },
  );
});

describe('the page of an operation', () => {
  const place = { cluster: 'commerce', database: 'shop' };
  const request = readRequest({ ...place, statement: 'ALTER' });
  const held: MigrationState = { ...initialMigration, pauseReasons: ['operator'] };

  it('has one command line that a shell reads as it is meant, whatever the workflow is called', () => {
    fc.assert(
      fc.property(name, name, (namespace, workflowId) => {
        const workflow = { namespace, workflowId };
        const move = moveStatusOf({ name: workflowId, source: place, target: place }, null, {
          ...initialState,
          pauseReasons: ['operator'],
        });
        for (const page of [
          detailsOf(statusOf(request, null, held), null, workflow),
          moveDetailsOf(move, null, workflow),
        ]) {
          const lines = page.split('\n').filter((line) => line.startsWith('    '));
          const [id, space] = [workflowId, namespace].map((text) => text.replaceAll('\0', '\ufffd'));
          const isWhole = !/\n$/.test(workflowId) && !/\n$/.test(namespace);
          expect(lines).toHaveLength(isWhole ? 1 : 0);
          if (!isWhole) continue;
          const of = namespace === 'default' ? '' : `<--namespace><${space}>`;
          const read = `<workflow><update><execute>${of}<--workflow-id><${id}><--name><unpause><--input><{}>`;
          expect(sh(`temporal() { printf '<%s>' "$@"; };${lines[0]}`)).toBe(Buffer.from(read).toString());
        }
      }),
      { numRuns: 60 },
    );
  });
});
