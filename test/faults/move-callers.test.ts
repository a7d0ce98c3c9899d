/**
 * What others may ask while a move goes on: further operations on its tables, and commands in any order, before the first
 * task of the workflow, at once, twice, malformed and too late. The move goes on unharmed, and all get an answer.
 */
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { expect, describe, it, inject } from 'vitest';
import type { Session } from '../../src/mysql/server/session/session.js';
import { eventually, uniqueName } from '../support/eventually.js';
import { failureOf } from '../support/failure-of.js';
import { withMove } from '../support/move-life.js';
import type { MoveTest } from '../support/move-test.js';

const sides = ['source', 'target'] as const;
const done = expect.stringMatching(/^(done|accepted)$/) as string;

/** Nothing is in the database, nor in the sidecar, of an operation other than this one. */
async function expectNothingBeside(test: MoveTest, operationId: string | null): Promise<void> {
  const own = operationId ?? '';
  for (const side of sides) {
    const root = await test.root(side);
    const rows = (sql: string): Promise<readonly object[]> => root.rows(sql, [test.database, own]);
    for (const [schema, name] of [
      ['tables WHERE table_schema', 'table_name'],
      ['triggers WHERE trigger_schema', 'trigger_name'],
    ] as const) {
      const sql = `SELECT ${name} AS name FROM information_schema.${schema} = ? AND LEFT(${name}, 4) = '_sw_'`;
      expect(await rows(`${sql} AND SUBSTRING(${name}, 5, 10) <> ?`), side).toEqual([]);
    }
    for (const table of ['table_locks', 'owned_tables', 'operations']) {
      const open = table === 'operations' ? 'AND closed_at IS NULL' : '';
      const sql = `SELECT * FROM _switchyard.${table} WHERE database_name = ? AND operation_id <> ? ${open}`;
      expect(await rows(sql), `${side}: ${table}`).toEqual([]);
    }
  }
}

function migration({ database }: MoveTest, cluster: string): object {
  const statement = 'ALTER TABLE orders ADD COLUMN note VARCHAR(20) NULL';
  return { cluster, database, statement, options: { postponeCompletion: true } };
}

function isBusy({ database }: MoveTest, { workflowId }: WorkflowHandle): object {
  const sentence = `Table ${database}.orders already has an operation: workflow ${workflowId}.`;
  return { type: 'TABLE_BUSY', message: expect.stringContaining(sentence) as string };
}

describe.concurrent('a table of a move', () => {
  it('takes no second operation, on neither side, before or after the switch', () =>
    withMove(async (life) => {
      const { test } = life;
      await life.begin();
      const { operationId } = await test.status();
      const expectBusy = async (): Promise<void> => {
        const again = { ...test.input(['quiet', 'orders']), name: uniqueName('second') };
        const back = { ...again, source: again.target, target: again.source, tables: ['orders'] };
        const refused = await Promise.all([
          test.startBeside('moveTables', { ...again, tables: ['orders'] }).then(failureOf),
          test.startBeside('moveTables', back).then(failureOf),
          test.startBeside('onlineDdl', migration(test, 'commerce')).then(failureOf),
          test.startBeside('onlineDdl', migration(test, 'customer')).then(failureOf),
        ]);
        expect(refused).toMatchObject(Array(4).fill(isBusy(test, test.handle)));
        // Of all its tables.
        expect(await failureOf(await test.startBeside('moveTables', again))).toMatchObject({ type: 'TABLE_BUSY' });
        await expectNothingBeside(test, operationId);
      };
      await expectBusy();
      await life.writesGoOn();
      await life.switch();
      await expectBusy();
      await life.complete();
      await life.expectMoved();
    }));

  it('goes to one of two moves that are started at once', () =>
    withMove(async (life) => {
      const { test } = life;
      await test.startWorker();
      const input = test.input(['orders', 'quiet']);
      const both = await Promise.all(
        ['first', 'second'].map((name) => test.startBeside('moveTables', { ...input, name: uniqueName(name) })),
      );
      const verified = async (handle: WorkflowHandle): Promise<boolean> =>
        (await handle.query<{ verified: boolean }>('status').catch(() => ({ verified: false }))).verified;
      const winner = await eventually('one to be verified', async () => {
        const are = await Promise.all(both.map(verified));
        return both[are.indexOf(true)];
      });
      const [loser] = both.filter((handle) => handle !== winner);
      if (loser === undefined) throw new Error('both are one');
      expect(await failureOf(loser)).toMatchObject({
        type: 'TABLE_BUSY',
        message: expect.stringContaining(winner.workflowId) as string,
      });
      const { operationId } = await winner.query<{ operationId: string }>('status');
      await expectNothingBeside(test, operationId);
      expect(await winner.executeUpdate('cancel', { args: [{}] })).toMatchObject({ outcome: done });
      expect(await winner.result()).toMatchObject({ outcome: 'cancelled' });
      await expectNothingBeside(test, null);
      await life.writesGoOn();
    }));

  it('is not given to a move while a migration has it', () =>
    withMove(async (life) => {
      const { test, writers } = life;
      await test.startWorker();
      const holder = await test.startBeside('onlineDdl', migration(test, 'commerce'));
      await eventually('the migration to be ready', async () => {
        const { phase } = await holder.query<{ phase: string }>('status');
        return phase === 'postponed' ? true : undefined;
      });
      await life.start({});
      expect(await failureOf(test.handle)).toMatchObject(isBusy(test, holder));
      const target = await test.root('target');
      expect(await target.rows('SHOW TABLES')).toEqual([]);
      expect(await holder.executeUpdate('resume', { args: [{}] })).toMatchObject({ outcome: done });
      expect(await holder.result()).toMatchObject({ outcome: 'completed', verified: true });
      await life.writesGoOn();
      await writers.stop();
      const source = await test.root('source');
      await writers.expectAll(source);
      expect(await source.rows(`SHOW COLUMNS FROM orders LIKE 'note'`)).toHaveLength(1);
    }));
});

interface AuditLine {
  readonly command: string;
  readonly via: string;
  readonly asked_by: string | null;
  readonly outcome: string;
}

/** The lines of a move as `command via by outcome`, in the order in which they were written. */
async function auditOf(root: Session, operationId: string | null): Promise<readonly string[]> {
  const lines = await root.rows<AuditLine>(
    'SELECT command, via, asked_by, outcome FROM _switchyard.audit_log WHERE operation_id = ? ORDER BY id',
    [operationId ?? ''],
  );
  return lines.map(({ command, via, asked_by, outcome }) => `${command} ${via} ${asked_by ?? '-'} ${outcome}`);
}

/** A signal whose payload is no JSON, as a broken client would send it. */
async function signalGarbage({ client, handle }: MoveTest, signalName: string): Promise<void> {
  await client.workflowService.signalWorkflowExecution({
    namespace: inject('stack').temporal.namespace,
    workflowExecution: { workflowId: handle.workflowId },
    signalName,
    input: { payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"reason":') }] },
  });
}

describe('commands of a move', () => {
  it('are all answered: before its first task, twice, malformed, unknown, and around its end', () =>
    withMove(async (life) => {
      const { test } = life;
      // Nobody works yet: all of these are there before the first task.
      await test.start(['orders', 'quiet'], {}, { name: 'setThrottle', payload: { lagMsMax: 9_000, by: 'first' } });
      const { handle } = test;
      await handle.signal('pause', { by: 'ann' });
      await handle.signal('pause', { by: 'bob' });
      await handle.signal('switchTraffic');
      await handle.signal('unpause', { by: 'ann', after: 'lunch' });
      await handle.signal('setThrottle', 'slowly');
      await handle.signal('cancel', [{ reason: 'a list' }]);
      await handle.signal('constructor', { by: 'eve' });
      await signalGarbage(test, 'cancel');
      await handle.signal('unpause', { by: 'bob' });
      const early = [
        'setThrottle signal first done',
        ...['pause signal ann done', 'pause signal bob done'],
        'switchTraffic signal - refused',
        ...['unpause signal ann refused', 'setThrottle signal - refused', 'cancel signal - refused'],
        ...['constructor signal eve refused', 'cancel signal - refused'],
        'unpause signal bob done',
      ];
      await test.startWorker();
      await life.toVerified();
      const { operationId, throttle, pauseReasons } = await test.status();
      expect({ throttle, pauseReasons }).toMatchObject({ throttle: { lagMsMax: 9_000 }, pauseReasons: [] });
      const root = await test.root('target');
      const audited = (lines: readonly string[]): Promise<true> =>
        eventually(`the audit log to have ${lines.length} lines`, async () => {
          const seen = await auditOf(root, operationId);
          if (seen.length < lines.length) return undefined;
          expect(seen).toEqual(lines);
          return true;
        });
      await audited(early);

      const update = (name: string, payload: unknown): Promise<unknown> =>
        handle.executeUpdate(name, { args: [payload] }).catch((error: unknown) => String((error as Error).cause));
      expect(await update('switchTrafic', {})).toMatch(/UNKNOWN_COMMAND|switchTrafic/);
      expect(await update('pause', { why: 'lunch' })).toMatch(/why/);
      const atOnce = await Promise.all([1, 2, 3].map(() => test.command('pause', { by: 'cat' })));
      expect(atOnce).toMatchObject(Array(3).fill({ outcome: done }));
      expect(await test.command('unpause')).toMatchObject({ outcome: 'done' });
      await life.writesGoOn();

      // Around the end: each is answered by the move, or by Temporal where there is no move any more.
      const ending = test.command('cancel', { by: 'dan' });
      const late = await Promise.all(
        ['pause', 'verify', 'switchTraffic', 'reverseTraffic', 'complete', 'cancel'].map((name) =>
          test.command(name).catch((error: unknown) => error),
        ),
      );
      for (const answer of late) {
        if (answer instanceof WorkflowNotFoundError) continue;
        expect(answer).toMatchObject({ outcome: expect.stringMatching(/^(done|accepted|refused|tooLate)$/) as string });
      }
      expect(await ending).toMatchObject({ outcome: done });
      expect(await test.result()).toMatchObject({ outcome: 'cancelled' });
      await expect(handle.signal('unpause')).rejects.toThrow(WorkflowNotFoundError);
      await expect(test.command('unpause')).rejects.toThrow(WorkflowNotFoundError);
      expect((await handle.describe()).status.name).toBe('COMPLETED');
      const lines = await auditOf(root, operationId);
      expect(lines).toEqual(expect.arrayContaining([...early, 'unpause update - done']));
      const count = (command: RegExp): number => lines.filter((line) => command.test(line)).length;
      expect(count(/^pause update cat (done|accepted)$/)).toBe(3);
      expect(count(/^cancel update dan (done|accepted)$/)).toBe(1);
      // Those that the move has answered.
      const answered = late.filter((answer) => !(answer instanceof WorkflowNotFoundError));
      expect(count(/ update - /) - count(/^(switchTrafic|unpause) update - /)).toBe(answered.length);
      for (const side of sides) expect(await test.leftovers(side)).toEqual([]);
    }));
});
