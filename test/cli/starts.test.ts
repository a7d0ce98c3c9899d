/** Whatever a migration or a move can be started with can be typed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { startMigrationFlags, startMoveFlags } from '../../src/cli/flags/starts.js';
import type { OperationHandle } from '../../src/cli/find.js';
import type { SwitchyardClient } from '../../src/client/switchyard-client.js';
import { onlineDdlInputSchema } from '../../src/contract/migration/input.js';
import { moveTablesInputSchema } from '../../src/contract/move/input.js';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';
import { blocks } from '../docs/pages.js';
import { switchyard } from '../support/cli.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-cli-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Paths of all fields of an object schema; of what is no object, or has a flag of its own, the field itself. */
function pathsIn(schema: z.ZodType, ends: readonly string[], path: readonly string[] = []): readonly string[] {
  const inner = schema as z.ZodType & { unwrap?: () => z.ZodType; shape?: Readonly<Record<string, z.ZodType>> };
  if (path.length > 0 && ends.includes(path.join('.'))) return [path.join('.')];
  if (inner.shape !== undefined) {
    return Object.entries(inner.shape).flatMap(([name, field]) => pathsIn(field, ends, [...path, name]));
  }
  return inner.unwrap === undefined ? [path.join('.')] : pathsIn(inner.unwrap(), ends, path);
}

/** A client that keeps what it is asked to start. */
function starting(): { readonly started: unknown[]; readonly client: Partial<SwitchyardClient> } {
  const started: unknown[] = [];
  const start = (kind: OperationHandle['kind']) => (input: object, options: object) => {
    started.push({ kind, input, ...options });
    const { workflowId } = options as { workflowId: string };
    return Promise.resolve({ kind, workflowId } as never);
  };
  return { started, client: { onlineDdl: start('onlineDdl'), moveTables: start('moveTables') } };
}

const alter = 'ALTER TABLE orders ADD COLUMN note varchar(200)';
const where = ['--cluster', 'commerce', '--database', 'shop'];

describe('flags', () => {
  it.each([
    ['onlineDdl', onlineDdlInputSchema, startMigrationFlags, ['statement']],
    ['moveTables', moveTablesInputSchema, startMoveFlags, ['name']],
  ] as const)('are there for every field of the input of %s', (_type, schema, flags, words) => {
    const typed = [...flags.map(({ path }) => path.join('.')), ...words];
    expect(typed.toSorted()).toEqual([...pathsIn(schema, typed)].toSorted());
    expect(new Set(flags.map(({ name }) => name)).size).toBe(flags.length);
  });

  it('say the whole example of docs/online-ddl.md', async () => {
    const { started, client } = starting();
    const example = blocks('docs/online-ddl.md', 'json')
      .map((block) => JSON.parse(block) as { options?: object; statement?: string })
      .find(({ options }) => options !== undefined);
    const flags = [
      ...['--postpone-completion', '--complete-at', '2026-12-24T02:00:00+01:00', '--lock-timeout-ms', '500'],
      ...['--max-attempts', '20', '--backoff-ms', '0,5000,30000', '--window', '22:00-04:00 fri,sat Europe/Berlin'],
      // What is not said so is said as JSON.
      ...['--options', JSON.stringify(example?.options)],
    ];
    const { code, out } = await switchyard(['ddl', example?.statement ?? '', ...where, ...flags], { client });
    expect(code).toBe(0);
    expect(started).toEqual([
      { kind: 'onlineDdl', input: example, workflowId: 'online-ddl/commerce/shop/orders', summary: undefined },
    ]);
    expect(out).toContain(
      'Started online-ddl/commerce/shop/orders; "switchyard watch online-ddl/commerce/shop/orders"',
    );
  });

  it('say a move', async () => {
    const { started, client } = starting();
    const words = ['move', 'orders', '--from', 'commerce/shop', '--to', 'customer/crm', '--tables', 'orders,items'];
    const flags = ['--no-reverse-replication', '--throttle-lag-ms-max', '2000', '--verify-again', 'never'];
    expect(await switchyard([...words, ...flags, '--summary', 'SHOP-1', '--json'], { client })).toMatchObject({
      code: 0,
      json: [{ version: 1, kind: 'started', workflowId: 'move-tables/orders', type: 'moveTables' }],
    });
    expect(started).toEqual([
      {
        kind: 'moveTables',
        input: {
          ...{ name: 'orders', source: { cluster: 'commerce', database: 'shop' } },
          ...{ target: { cluster: 'customer', database: 'crm' }, tables: ['orders', 'items'] },
          options: { reverseReplication: false, throttle: { lagMsMax: 2000 }, verifyAgain: false },
        },
        ...{ workflowId: 'move-tables/orders', summary: 'SHOP-1' },
      },
    ]);
  });

  it('come before --options, and a statement can come from a file', async () => {
    const { started, client } = starting();
    const file = join(folder, 'one.sql');
    writeFileSync(file, `${alter};\n`);
    const options = '{"cutOver":{"maxAttempts":3,"lockTimeoutMs":100},"verify":false}';
    await switchyard(['ddl', '--file', file, ...where, '--options', options, '--max-attempts', '7'], { client });
    expect(started).toMatchObject([
      { input: { options: { cutOver: { maxAttempts: 7, lockTimeoutMs: 100 }, verify: false } } },
    ]);
  });

  it('start nothing with --dry-run', async () => {
    const { code, json } = await switchyard(['ddl', alter, ...where, '--dry-run', '--json']);
    expect(code).toBe(0);
    expect(json).toEqual([
      {
        ...{ version: 1, kind: 'wouldStart', workflowId: 'online-ddl/commerce/shop/orders' },
        input: { cluster: 'commerce', database: 'shop', statement: alter },
      },
    ]);
  });
});

describe('mistakes', () => {
  it.each([
    [['ddl', alter, '--cluster', 'c'], /^--database is missing; it has to be a text\.\n$/],
    [['ddl', alter, ...where, '--lock-timeout-ms', '5'], /^--lock-timeout-ms has to be at least 50 milliseconds\.\n$/],
    [['ddl', alter, ...where, '--retain-for', 'long'], /^--retain-for has to be a duration/],
    [
      ['ddl', alter, ...where, '--window', 'night'],
      /--window <window>' argument 'night' is invalid\. It has to be such as/,
    ],
    [['ddl', alter, ...where, '--options', '[1]'], /--options <json>' argument .* It has to be an object/],
    [['ddl', alter, ...where, '--options', '{"verfy":true}'], /^options has no field "verfy"; there are: /],
    [
      ['ddl', 'ALTER', 'TABLE', 'orders', ...where],
      /^Too many arguments.* Put the whole statement between quotes\.\n$/,
    ],
    [['ddl', ...where], /^Give one statement: as one word between quotes, or by --file\.\n$/],
    [['ddl', '--file', '/no/where.sql', ...where], /There is no file \/no\/where\.sql\./],
    [['ddl', 'DROP TABLE orders', ...where], /^(NOT_ONE_ALTER|STATEMENT_NOT_BUILT_YET): /],
    [
      ['ddl', alter, ...where, '--clustr', 'x'],
      /^Unknown option '--clustr'\. \(Did you mean --cluster\?\) "switchyard ddl --help" says/,
    ],
    [['move', 'a b', '--from', 'a/b', '--to', 'c/d', '--all-tables'], /^name has to be at most 64 letters/],
    [['move', 'x', '--from', 'a', '--to', 'c/d'], /It has to be a cluster and a database, such as "commerce\/shop"\./],
    [['move', 'x', '--from', 'a/b', '--to', 'c/d'], /^--tables is missing; name them, or say --all-tables\.\n$/],
    [['statu'], /^Unknown command 'statu'\. \(Did you mean status\?\)/],
    [['status', 'x', '--all'], /^What chooses from the list goes without an id\.\n$/],
    [['status', '--kind', 'ddl'], /^--kind has to be onlineDdl or moveTables\.\n$/],
    [['ddl', 'apply', '/no/where', ...where], /^There is no folder \/no\/where\.\n$/],
    [['resume'], /^Missing required argument 'id'\./],
    [['resume', 'x', '--wait', '--timeout', 'soon'], /^--timeout has to be a duration/],
    [['resume', 'x', '--wait-for', 'postpond'], /^There is no phase postpond; there are: queued, preparing, /],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish\./],
    [
      ['reconcile', 'commerce', '--owner-is-gone'],
      /--owner-is-gone is said of one operation: name its operationId\.\n$/,
    ],
  ] as const)('%j', async (words, wanted) => {
    // Nobody is asked: nobody is there.
    const said = await switchyard(words);
    expect(said.err).toMatch(wanted);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).not.toContain('    at ');
  });

  it('are JSON where that is wanted', async () => {
    const { code, json, err } = await switchyard(['ddl', alter, '--cluster', 'c', '--json']);
    expect([code, err]).toEqual([2, '']);
    expect(json).toEqual([
      {
        ...{ version: 1, kind: 'error', code: 'USAGE', remedy: null, exitCode: 2 },
        message: '--database is missing; it has to be a text.',
      },
    ]);
  });

  it('are not what is wrong with a Temporal that is not there: 5', async () => {
    const said = await switchyard(['ddl', alter, ...where]);
    expect(said).toMatchObject({ code: 5, out: '' });
    expect(said.err).toMatch(
      /^TEMPORAL_UNREACHABLE: Temporal at nowhere:7233 cannot be reached: .*\nLook whether it runs/,
    );
  });

  it('are not what runs already: 3', async () => {
    const problem = new SwitchyardError('ALREADY_STARTED', { workflowId: 'online-ddl/commerce/shop/orders' });
    const client = { onlineDdl: () => Promise.reject(problem) };
    expect(await switchyard(['ddl', alter, ...where], { client })).toMatchObject({
      code: 3,
      err: expect.stringContaining('ALREADY_STARTED: Nothing was started') as string,
    });
  });
});
