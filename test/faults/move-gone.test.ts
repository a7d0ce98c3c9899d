/**
 * Servers of a move that are gone for good, or come back without its last switch, at chosen moments (P10): what the
 * status names leads to one side that takes the writes, and everything that was acknowledged there is on it.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import { eventually } from '../support/eventually.js';
import { withOwnServer, type MoveLife } from '../support/move-life.js';
import type { OwnMysql } from '../support/own-mysql.js';
import type { Fault } from '../support/test-workers.js';

const done = expect.stringMatching(/^(done|accepted)$/) as string;
const waitMs = 120_000;
const commerce = 'commerce';
const customer = 'customer';

/** Does what the status names, with the input that it names, and why. */
async function follow({ test }: MoveLife, { nextCommand }: MoveTablesStatus, reason: string): Promise<void> {
  if (nextCommand === null) throw new Error('the status names no command');
  expect(await test.command(nextCommand.name, { ...nextCommand.input, reason })).toMatchObject({ outcome: done });
}

/** Where the attempt to reverse stands when its source dies, and whether the target alone can tell what it came to. */
interface Death {
  readonly title: string;
  readonly at: Fault;
  readonly isClear: boolean;
}

const deaths: readonly Death[] = [
  {
    title: 'before the target refuses anything',
    at: { statement: '^UPDATE _switchyard.operations SET epoch', cluster: commerce, when: 'before' },
    isClear: true,
  },
  {
    // The attempt knows that it has not asked for the decision, and lets the writers through again by itself.
    title: 'when the target refuses everything, before the journal is asked',
    at: { statement: '^INSERT INTO _switchyard.switch_journal', cluster: commerce, when: 'after' },
    isClear: true,
  },
  {
    title: 'when the journal is asked to commit',
    at: {
      statement: '^COMMIT',
      since: '^INSERT INTO _switchyard.switch_journal',
      cluster: commerce,
      when: 'before',
    },
    isClear: false,
  },
];

async function dieInReverse(life: MoveLife, { server }: OwnMysql, { at, isClear }: Death): Promise<void> {
  const { test, writers } = life;
  const { reached, goOn, arm } = await test.startFaultWorker(at, false);
  await life.start({ switch: { backoffMs: [0, 500], maxAttempts: 8 } });
  await life.toVerified();
  await life.switch();
  await arm();
  expect(await test.command('reverseTraffic', { reason: 'slow' })).toMatchObject({ outcome: done });
  await reached(waitMs);
  await server.kill('SIGKILL');
  await goOn();
  const isUnclear = ({ error }: MoveTablesStatus): boolean => error?.code === 'SWITCH_UNCLEAR';
  const isMissed = ({ unreachable, phase }: MoveTablesStatus): boolean =>
    unreachable.source !== null && phase === 'switched';
  const seen = await test.until('the source to be missed', isClear ? isMissed : isUnclear, waitMs);
  if (isClear) expect(seen.writesRefusedSince).toBeNull();
  else {
    expect(seen).toMatchObject({ phase: 'needsOperator', nextCommand: { name: 'forceComplete' } });
    expect(seen.nextCommand?.input).toMatchObject({ acceptLoss: true });
    expect(seen.writesRefusedSince).not.toBeNull();
    const refused = await test.command('forceComplete', { reason: 'it burned down' });
    expect(refused).toMatchObject({ code: 'LOSS_NOT_ACCEPTED' });
  }
  await follow(life, seen, 'it burned down');
  expect(await test.result()).toMatchObject({ outcome: 'completed', forced: true });
  await writers.stop();
  const target = await test.root('target');
  await writers.expectAll(target);
  await target.run('INSERT INTO orders (writer, n) VALUES (99, 0)');
}

describe.concurrent('a source that dies for good in an attempt to reverse', () => {
  it.each(deaths)(
    '$title: the target has the writes in the end',
    (death) => withOwnServer('source', (life, own) => dieInReverse(life, own, death)),
    waitMs,
  );
});

/** What the server is now, to come back to: a failover to a replica that has got no further. */
async function snapshotOf({ server }: OwnMysql, work: (comeBack: () => Promise<void>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-snapshot-'));
  const data = join(server.folder, 'data');
  try {
    await server.kill('SIGKILL');
    await cp(data, folder, { recursive: true, filter: (name) => !name.includes('mysql.sock') });
    await server.start();
    await work(async () => {
      await server.kill('SIGKILL');
      await rm(data, { recursive: true });
      await cp(folder, data, { recursive: true });
      await rm(join(data, 'auto.cnf'), { force: true });
      await server.start();
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.concurrent('a target that fails over to a server without the switch', () => {
  it(
    'is not completed, and the source gets the writes with all that was reversed',
    () =>
      withOwnServer('target', (life, own) =>
        snapshotBeforeSwitch(life, own, async () => {
          const { test } = life;
          const seen = await test.until('it to be found', ({ error }) => error?.code === 'SWITCH_LOST', waitMs);
          expect(seen).toMatchObject({ phase: 'needsOperator', nextCommand: { name: 'reverseTraffic' } });
          expect(seen.writesRefusedSince).not.toBeNull();
          expect(await test.command('complete')).toMatchObject({ outcome: 'refused' });
          await follow(life, seen, 'it failed over');
          const result = await test.result();
          expect(result).toMatchObject({ outcome: 'cancelled', loss: { reason: 'it failed over' } });
          const source = await test.root('source');
          await life.writers.expectAll(source);
          await source.run('INSERT INTO orders (writer, n) VALUES (99, 0)');
          const target = await test.root('target');
          await expect(target.run('INSERT INTO orders (writer, n) VALUES (99, 1)')).rejects.toThrow('Switchyard move');
        }),
      ),
    waitMs,
  );
});

/** The move is switched, all of it is reversed, and the target comes back as it was before. */
async function snapshotBeforeSwitch(life: MoveLife, own: OwnMysql, work: () => Promise<void>): Promise<void> {
  const { test, writers } = life;
  await life.begin();
  await snapshotOf(own, async (comeBack) => {
    await test.until('it to follow again', ({ phase, retrying }) => phase === 'following' && retrying === null, waitMs);
    await life.switch();
    await writers.stop();
    const source = await test.root('source');
    await eventually('the last writes to be on the source', () =>
      writers.expectAll(source).then(
        () => true,
        () => undefined,
      ),
    );
    await comeBack();
    await work();
  });
}

describe.concurrent('a target that is given up and comes back', () => {
  it(
    'is named as one that may take writes, and keeps its rows whatever reconcile removes',
    () =>
      withOwnServer(
        'target',
        async (life, own) => {
          const { test } = life;
          await life.begin();
          await life.switch();
          await own.server.kill('SIGSTOP');
          const seen = await test.until(
            'the target to be missed',
            ({ unreachable }) => unreachable.target !== null,
            waitMs,
          );
          await follow(life, seen, 'it burned down');
          const router = await test.until(
            'the router to hold the end up, or the end',
            ({ phase, nextCommand }) => phase === 'cancelled' || nextCommand?.name === 'cancel',
            waitMs,
          );
          if (router.phase !== 'cancelled') await follow(life, router, 'it burned down');
          const result = await test.result();
          expect(result.residuals.join()).toContain(`on cluster ${customer}`);
          expect(result.residuals.join()).toContain('keep applications away, start it with read_only=ON');
          await own.server.kill('SIGCONT');
          const { residuals } = await test.reconcile({ cluster: customer });
          expect(residuals).toMatchObject([{ outcome: 'removed' }]);
          const target = await test.root('target');
          const [retained] = await target.rows<{ name: string }>(
            `SELECT table_name AS name FROM information_schema.tables
              WHERE table_schema = ? AND table_name LIKE '\\_sw\\_%\\_0\\_old'`,
            [test.database],
          );
          const [kept] = await target.rows<{ count: number }>(`SELECT COUNT(*) AS count FROM ${retained?.name}`);
          expect(Number(kept?.count)).toBeGreaterThan(0);
        },
        { router: 'commerce' },
      ),
    waitMs,
  );
});
