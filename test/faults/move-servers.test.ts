/**
 * Servers of a move that freeze (SIGSTOP: TCP accepts, and nothing answers), or are killed and restarted, while clients
 * write (P1): nobody waits for a server that does not answer, nothing is lost, and the move goes on.
 */
import { describe, expect, it } from 'vitest';
import type { MoveTablesStatus } from '../../src/contract/move/status.js';
import { eventually } from '../support/eventually.js';
import { MoveLife, withOwnServer } from '../support/move-life.js';
import type { OwnMysql } from '../support/own-mysql.js';
import type { Fault } from '../support/test-workers.js';

type Side = 'source' | 'target';

const clusters = { source: 'commerce', target: 'customer' } as const;
const done = expect.stringMatching(/^(done|accepted)$/) as string;
const waitMs = 120_000;

/** What it comes to, and that it does so in time. */
async function within<Result>(boundMs: number, work: Promise<Result>): Promise<Result> {
  const since = performance.now();
  const result = await work;
  expect(performance.now() - since).toBeLessThan(boundMs);
  return result;
}

function isMissed(side: Side): (status: MoveTablesStatus) => boolean {
  return ({ unreachable }) => unreachable[side] !== null;
}

/** Sends `retry` where the status says so. */
async function helped({ test }: MoveLife, what: string, wanted: (status: MoveTablesStatus) => boolean): Promise<void> {
  const seen = await test.until(what, (status) => wanted(status) || status.nextCommand?.name === 'retry', waitMs);
  if (wanted(seen)) return;
  await test.command('retry');
  await test.until(what, wanted, waitMs);
}

/** Freezes the server of a move that is switched. @returns when. */
async function freezeSwitched(life: MoveLife, own: OwnMysql): Promise<number> {
  await life.begin();
  await life.switch();
  await own.server.kill('SIGSTOP');
  return Date.now();
}

describe.concurrent('a server that freezes', () => {
  it(
    'the source after the switch: is missed, and the move is completed without it',
    () =>
      withOwnServer('source', async (life, own) => {
        const { test } = life;
        const frozenAt = await freezeSwitched(life, own);
        expect(await within(10_000, test.command('complete'))).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
        const { unreachable, nextCommand } = await test.until('the source to be missed', isMissed('source'));
        expect(Date.now() - frozenAt).toBeLessThan(12_000);
        expect(Date.parse(unreachable.source?.since ?? '') - frozenAt).toBeLessThan(5_000);
        expect(nextCommand).toMatchObject({ name: 'forceComplete' });
        await life.writesGoOn();
        expect(await test.command('forceComplete', { reason: 'it is frozen' })).toMatchObject({ outcome: done });
        expect(await within(30_000, test.result())).toMatchObject({ outcome: 'completed', forced: true });
        await life.writesGoOn();

        await own.server.kill('SIGCONT');
        await life.expectMoved({ sourceAnswers: false });
        const { operationId } = await test.status();
        const { residuals } = await test.reconcile({ cluster: 'commerce' });
        expect(residuals).toMatchObject([{ operationId, outcome: 'removed' }]);
        expect(await test.leftovers('source')).toMatchObject([
          { name: `_sw_${operationId}_0_old` },
          { name: `_sw_${operationId}_1_old` },
          { role: 'retained' },
          { role: 'retained' },
        ]);
      }),
    waitMs,
  );

  it(
    'the source after the switch, while nobody writes: is missed all the same, and the way back goes on when it wakes',
    () =>
      withOwnServer('source', async (life, own) => {
        const { test } = life;
        await life.begin();
        await life.switch();
        await life.writers.stop();
        await test.until('the last writes to be on the source', ({ reverse }) => reverse.caughtUp);
        await own.server.kill('SIGSTOP');
        const frozenAt = Date.now();
        await test.until('the source to be missed', isMissed('source'));
        expect(Date.now() - frozenAt).toBeLessThan(12_000);
        await own.server.kill('SIGCONT');
        await test.until('the source to be back', ({ unreachable }) => unreachable.source === null);
        life.writers.goOn();
        await life.writesGoOn();
        await life.complete();
        await life.expectMoved();
      }),
    waitMs,
  );

  it(
    'the target after the switch: is missed, and the move goes on when it wakes',
    () =>
      withOwnServer('target', async (life, own) => {
        const { test } = life;
        const frozenAt = await freezeSwitched(life, own);
        const { phase, error } = await test.until('the target to be missed', isMissed('target'));
        expect(Date.now() - frozenAt).toBeLessThan(12_000);
        expect({ phase, code: error?.code }).toEqual({ phase: 'needsOperator', code: 'TARGET_UNREACHABLE' });
        await own.server.kill('SIGCONT');
        await test.until(
          'the target to be back',
          ({ phase: now, unreachable }) => now === 'switched' && !unreachable.target,
        );
        await life.writesGoOn();
        await life.complete();
        await life.expectMoved();
      }),
    waitMs,
  );

  it(
    'the target under the lock of a switch: holds up the writers no longer than the drain may take',
    () =>
      withOwnServer('target', async (life, own) => {
        const { test } = life;
        const { reached, goOn } = await test.startFaultWorker(places.locked);
        await life.start({ switch: { drainTimeoutMs: 500, backoffMs: [0, 500], maxAttempts: 100 } });
        await life.toVerified();
        expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
        await reached(waitMs);
        // Everybody waits for the lock by now, so that there is something to drain.
        await own.server.kill('SIGSTOP');
        await goOn();
        await within(2_500, life.writesGoOn());
        await own.server.kill('SIGCONT');
        await test.until('the switch', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp, waitMs);
        await life.complete();
        await life.expectMoved();
      }),
    waitMs,
  );

  for (const side of ['source', 'target'] as const) {
    it(
      `the ${side} before the switch: holds up neither pause nor cancel`,
      () =>
        withOwnServer(side, async (life, own) => {
          const { test } = life;
          await life.begin();
          await own.server.kill('SIGSTOP');
          expect(await test.command('pause')).toMatchObject({ outcome: done });
          // What follows the stream, which has ended; a move that is held back has not failed.
          await eventually('the stream to end', async () => {
            const { raw } = await test.handle.describe();
            const running = raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'watchPausedMove');
            return running === true ? true : undefined;
          });
          expect(await test.command('unpause')).toMatchObject({ outcome: done });
          const answer = await within(15_000, test.command('cancel', { reason: 'it is frozen', force: true }));
          expect(answer).toMatchObject({ outcome: done });
          const result = await within(30_000, test.result());
          expect(result).toMatchObject({ outcome: 'cancelled' });
          expect(result.residuals.join()).toContain(`on cluster ${clusters[side]}`);

          await own.server.kill('SIGCONT');
          await test.reconcile({ cluster: clusters[side] });
          for (const each of ['source', 'target'] as const) expect(await test.leftovers(each)).toEqual([]);
          await life.writesGoOn();
        }),
      waitMs,
    );
  }
});

const { source: commerce, target: customer } = clusters;

/** Where the worker stands while the server is killed. */
const places = {
  copying: { statement: '^UPDATE _switchyard.progress SET watermark', cluster: customer, when: 'after' },
  locked: { statement: 'SET shut = TRUE', cluster: commerce, when: 'after' },
  fenced: { statement: '^INSERT INTO _switchyard.switch_journal', cluster: customer, when: 'before' },
  completing: { statement: '^RENAME TABLE', cluster: commerce, when: 'before' },
  closing: { statement: '^UPDATE _switchyard.operations SET state', cluster: customer, when: 'before' },
} as const satisfies Record<string, Fault>;

/** One move, whose server is killed twice at most: at a place, and before or after that in a phase that lasts. */
interface Kills {
  readonly side: Side;
  readonly phase: 'copying' | 'switching' | 'completing';
  readonly at: keyof typeof places;
  readonly also?: 'following' | 'switched';
}

const cases: readonly Kills[] = [
  { side: 'source', phase: 'copying', at: 'copying', also: 'following' },
  { side: 'target', phase: 'copying', at: 'copying', also: 'following' },
  { side: 'source', phase: 'switching', at: 'locked' },
  { side: 'target', phase: 'switching', at: 'fenced' },
  { side: 'source', phase: 'completing', at: 'completing', also: 'switched' },
  { side: 'target', phase: 'completing', at: 'closing', also: 'switched' },
];

async function survive(life: MoveLife, { server }: OwnMysql, { phase, at, also }: Kills): Promise<void> {
  const { test } = life;
  const { reached, goOn } = await test.startFaultWorker(places[at]);
  await life.start({ switch: { backoffMs: [0, 500], maxAttempts: 20 } });
  const killAtPlace = async (): Promise<void> => {
    await reached(waitMs);
    expect(await test.status()).toMatchObject({ phase });
    await server.kill('SIGKILL');
    await goOn();
    await server.start();
  };
  const killWhile = async (now: Kills['also']): Promise<void> => {
    if (also !== now) return;
    await server.kill('SIGKILL');
    await server.start();
  };
  const living = async (): Promise<void> => {
    await life.toVerified();
    await killWhile('following');
    await life.writesGoOn();
    expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
    await helped(life, 'the switch', ({ phase: now, reverse }) => now === 'switched' && reverse.caughtUp);
    await killWhile('switched');
    await life.writesGoOn();
    const answers = ({ unreachable }: MoveTablesStatus): boolean => !unreachable.source && !unreachable.target;
    await helped(life, 'both servers', (status) => answers(status) && status.rules.confirmed === status.rules.version);
    expect(await test.command('complete')).toMatchObject({ outcome: done });
    await helped(life, 'the end', ({ phase: now }) => now === 'completed');
    expect(await test.result()).toMatchObject({ outcome: 'completed', forced: false, residuals: [] });
  };
  await Promise.all([killAtPlace(), living()]);
  await life.expectMoved();
}

describe.concurrent('a server of a move, killed with SIGKILL and restarted', () => {
  for (const one of cases) {
    const { side, phase, also } = one;
    const when = [phase, ...(also === undefined ? [] : [also])].join(', and while ');
    it(
      `the ${side} while ${when}: nothing is lost, and the move ends`,
      () => withOwnServer(side, (life, own) => survive(life, own, one)),
      240_000,
    );
  }
});

describe('a worker that freezes under the lock', () => {
  it('keeps neither server waiting for it', async () => {
    const life = await MoveLife.open();
    const { test } = life;
    try {
      const { worker, reached } = await test.startFaultWorker(places.fenced);
      await life.start({});
      await life.toVerified();
      expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
      await reached(waitMs);
      const { operationId } = await test.status();
      worker.kill('SIGSTOP');
      // There is no other worker that could end its sessions.
      for (const side of ['source', 'target'] as const) {
        const root = await test.root(side);
        await eventually(
          `the lock on the ${side}`,
          async () => {
            const { free } = await root.row<{ free: number }>('SELECT IS_FREE_LOCK(?) AS free', [
              `_switchyard/${operationId}`,
            ]);
            return Number(free) === 1 ? true : undefined;
          },
          10_000,
        );
      }
      worker.kill('SIGKILL');
      await test.startWorker();
      await helped(life, 'the switch', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
      await life.complete();
      await life.expectMoved();
    } finally {
      await life.test.close();
    }
  });
});
