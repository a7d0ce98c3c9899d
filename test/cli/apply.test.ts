/** A folder of statements: in order, each once, and nothing is begun where one of them is wrong. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesIn } from '../../src/cli/verbs/apply.js';
import type { SwitchyardClient } from '../../src/client/switchyard-client.js';
import type { OnlineDdlInput } from '../../src/contract/migration/input.js';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';
import { switchyard } from '../support/cli.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-apply-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
};
const apply = (client: Partial<SwitchyardClient>, ...flags: readonly string[]) =>
  switchyard(['ddl', 'apply', folder, '--cluster', 'c', '--database', 'd', ...flags], { client });

/** A Temporal that remembers workflows by how they are. */
function remembering(states: Readonly<Record<string, 'open' | 'completed' | 'failed'>>, statement: string) {
  const started: string[] = [];
  const known: Record<string, string> = { ...states };
  const client = {
    migration: (workflowId: string) => ({
      ...{ kind: 'onlineDdl', workflowId },
      summary() {
        const state = known[workflowId];
        if (state === undefined) {
          return Promise.reject(new SwitchyardError('UNKNOWN_WORKFLOW', { workflowId, namespace: 'default' }));
        }
        const seen = { open: state === 'open', execution: state === 'failed' ? 'FAILED' : 'COMPLETED', startedAt: '' };
        // Whoever waits sees its end.
        if (state === 'open') known[workflowId] = 'completed';
        return Promise.resolve(seen);
      },
      status: () =>
        Promise.resolve({ statement, phase: 'completed', database: 'd', cluster: 'c', table: 't', gaveUp: null }),
      progress: () => Promise.resolve(undefined),
      result: () =>
        Promise.resolve({
          outcome: 'completed',
          rowsCopied: 1,
          verified: true,
          notCompared: [],
          writeLatency: [],
          retainedTable: null,
          attempts: 1,
          blockedMs: 1,
        }),
    }),
    onlineDdl(input: OnlineDdlInput, { workflowId = '' }: { workflowId?: string } = {}) {
      started.push(`${workflowId}: ${input.statement}`);
      known[workflowId] = 'open';
      return Promise.resolve(undefined);
    },
  } as unknown as Partial<SwitchyardClient>;
  return { started, client };
}

const force = 'ALTER TABLE t FORCE';

describe('a folder', () => {
  it('has an order by names, with numbers as numbers', () => {
    write({ '10.sql': force, '9.sql': force, '9b.sql': force, 'notes.md': '' });
    const names = (after?: string) => filesIn(folder, after).map((path) => path.slice(folder.length + 1));
    expect(names()).toEqual(['9.sql', '9b.sql', '10.sql']);
    expect(names('9b.sql')).toEqual(['10.sql']);
  });

  it('is applied: what is done is left, what failed is tried again, what runs is waited for', async () => {
    write({ '1.sql': force, '2.sql': `${force}\n`, '3.sql': force, '4.sql': force });
    const ids = ['1', '2', '3', '4'].map((name) => `online-ddl/c/d/${name}.sql`);
    const [first = '', second = '', third = '', fourth = ''] = ids;
    const { started, client } = remembering({ [first]: 'completed', [second]: 'failed', [third]: 'open' }, force);
    const { code, json } = await apply(client, '--json');
    expect(code).toBe(0);
    expect(started).toEqual([`${second}: ${force}`, `${fourth}: ${force}`]);
    const files = json.filter(({ kind }) => kind === 'file');
    expect(files.map(({ file, outcome }) => [file, outcome])).toEqual([
      ...[
        ['1.sql', 'alreadyApplied'],
        ['2.sql', 'started'],
        ['3.sql', 'joined'],
        ['4.sql', 'started'],
      ],
    ]);
  });

  it('starts nothing where a later file is wrong, and says which', async () => {
    write({ '1.sql': force, '2.sql': 'DROP TABLE t' });
    const { started, client } = remembering({}, force);
    const said = await apply(client);
    expect(said).toMatchObject({ code: 2, err: expect.stringMatching(/^2\.sql: /) as string });
    expect(started).toEqual([]);
  });

  it('stops at a file that has another statement than was begun', async () => {
    write({ '1.sql': 'ALTER TABLE t ADD x int', '2.sql': force });
    const { started, client } = remembering({ 'online-ddl/c/d/1.sql': 'completed' }, force);
    expect(await apply(client)).toMatchObject({ code: 2, err: expect.stringContaining('1.sql was begun') as string });
    expect(started).toEqual([]);
  });

  it('is only looked at with --dry-run', async () => {
    write({ '1.sql': force, '2.sql': force });
    const { started, client } = remembering({ 'online-ddl/c/d/1.sql': 'completed' }, force);
    expect(await apply(client, '--dry-run')).toMatchObject({
      code: 0,
      out: '1.sql: already applied.\n2.sql: would be applied, as online-ddl/c/d/2.sql.\nNothing was started.\n',
    });
    expect(started).toEqual([]);
  });
});
