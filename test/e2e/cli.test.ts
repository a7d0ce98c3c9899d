/** The program `switchyard` as a process, on a real migration: what it ends with is what scripts go by. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { uniqueName } from '../support/eventually.js';
import { MigrationTest } from '../support/migration-test.js';

const program = resolve(import.meta.dirname, '../../dist/cli/main.js');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let test: MigrationTest;
beforeAll(async () => {
  test = new MigrationTest({ rows: 500 });
  await test.open();
  await test.startWorker();
});
afterAll(() => test.close());

/** Runs it in another process. */
function switchyard(words: readonly string[], address = inject('stack').temporal.address): Promise<Ended> {
  const { namespace } = inject('stack').temporal;
  const env = { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  return new Promise((done) => {
    execFile(process.execPath, [program, ...words], { env }, (error, out, err) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

it('starts a migration, shows, steers and waits for it, and ends as it was answered', async () => {
  const id = uniqueName('cli');
  const { database, taskQueue } = test;
  const where = ['--cluster', 'commerce', '--database', database, '--task-queue', taskQueue];
  const statement = 'ALTER TABLE orders ADD COLUMN remark varchar(20)';
  const start = ['ddl', statement, ...where, '--id', id, '--postpone-completion'];
  const [begun, unreachable] = await Promise.all([
    switchyard([...start, '--wait-for', 'postponed']),
    getPort().then((port) => switchyard(['status', id], `127.0.0.1:${port}`)),
  ]);
  expect(begun).toMatchObject({ code: 0, err: '' });
  expect(begun.out).toMatch(/^Started cli[^;]*;[\s\S]*: postponed\b[^\n]*\n$/);
  expect(unreachable).toMatchObject({ code: 5, out: '' });
  expect(unreachable.err).toMatch(/^TEMPORAL_UNREACHABLE: [^\n]+\nLook whether it runs[^\n]+\n$/);

  const [again, status, postponed, refused] = await Promise.all([
    switchyard(start),
    switchyard(['status', id]),
    switchyard(['postpone', id, '--reason', 'a sale', '--json']),
    switchyard(['retry', id]),
  ]);
  expect(again).toMatchObject({ code: 3, out: '' });
  expect(status).toMatchObject({ code: 0, err: '' });
  expect(status.out).toContain(`${database}.orders on commerce  postponed\n`);
  expect(status.out).toContain(`switchyard resume ${id}\n`);
  expect(postponed.code).toBe(0);
  expect(JSON.parse(postponed.out)).toMatchObject({ version: 1, kind: 'answer', workflowId: id, outcome: 'done' });
  expect(refused).toMatchObject({ code: 3, out: '' });
  expect(refused.err).toMatch(/^refused: COMMAND_NOT_ALLOWED: retry is not possible in phase postponed/);

  const completed = await switchyard(['resume', id, '--wait', '--json']);
  expect(completed.code).toBe(0);
  const said = completed.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string });
  expect(said[0]).toMatchObject({ kind: 'answer', outcome: 'done' });
  expect(said.at(-1)).toMatchObject({ kind: 'end', outcome: 'completed', result: { rowsCopied: 500, verified: true } });

  const late = await switchyard(['cancel', id, '--yes']);
  expect(late).toMatchObject({ code: 4, out: '' });
  expect(late.err).toMatch(/^tooLate: COMMAND_TOO_LATE: /);
});

it('applies the files of a folder in their order, each once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-apply-'));
  try {
    await writeFile(join(folder, '2-code.sql'), 'ALTER TABLE orders ADD COLUMN code int;\n');
    await writeFile(join(folder, '10-index.sql'), 'ALTER TABLE orders ADD KEY code (code)');
    const { database, taskQueue } = test;
    const words = ['ddl', 'apply', folder, '--cluster', 'commerce', '--database', database, '--task-queue', taskQueue];
    const first = await switchyard(words);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^2-code\.sql: started[\s\S]*10-index\.sql: started[\s\S]*All 2 are applied\.\n$/);
    expect(await switchyard(words)).toEqual({
      ...{ code: 0, err: '' },
      out: '2-code.sql: already applied.\n10-index.sql: already applied.\nAll 2 are applied.\n',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
