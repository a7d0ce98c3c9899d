/** A move whose router is an activity of the user's own, on workers of the user's own. */
import { ApplicationFailure } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterEach, expect, inject, it } from 'vitest';
import type { RuleSet } from '../../src/domain/routing.js';
import { eventually, uniqueName } from '../support/eventually.js';
import { fenceWritersTable } from '../support/fence-writers.js';
import { MoveTest } from '../support/move-test.js';

const done = expect.stringMatching(/^(done|accepted)$/) as string;
const taskQueue = uniqueName('router');

let test: MoveTest;
let stopWorker: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stopWorker?.();
  await test.close();
});

/** A worker of the user's, whose activity keeps what it is told. */
async function startUsersWorker(applyRules: (rules: RuleSet) => Promise<unknown>): Promise<void> {
  const { address, namespace } = inject('stack').temporal;
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({ connection, namespace, taskQueue, activities: { applyRules } });
  const running = worker.run();
  stopWorker = async () => {
    stopWorker = undefined;
    worker.shutdown();
    await running;
    await connection.close();
  };
}

it('is told of every switch, waited for where no worker is there, tried again, and believed when it refuses', async () => {
  test = await MoveTest.open([fenceWritersTable, 'INSERT INTO orders (writer, n) VALUES (0, 0)'], {
    router: { driver: 'activity', taskQueue, timeoutMs: 1_500 },
  });
  await test.startWorker();
  await test.start(['orders']);
  const late = `no worker of the task queue ${taskQueue} had done it within 1500 ms`;
  const shown = await test.until(
    'the router to be missed',
    ({ retrying }) => retrying?.message.includes(late) === true,
  );
  expect(shown).toMatchObject({ retrying: { code: 'ROUTER_NOT_TOLD' }, error: null, nextCommand: { name: 'retry' } });

  const told: RuleSet[] = [];
  let answer: () => unknown = () => {
    throw new Error('a hiccup');
  };
  await startUsersWorker((rules) => {
    told.push(rules);
    return Promise.resolve().then(answer);
  });
  await eventually('the first call to have failed', () => Promise.resolve(told.length > 0 ? true : undefined));
  answer = () => 'newer';
  await test.until(
    'verified',
    ({ verified, phase, rules }) => verified && phase === 'following' && rules.confirmed === 1,
  );

  answer = () => {
    throw ApplicationFailure.nonRetryable('there is no such shop', 'NoShop');
  };
  expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
  const { error, writesRefusedSince } = await test.until(
    'a person to be asked',
    ({ phase }) => phase === 'needsOperator',
  );
  expect({ code: error?.code, writesRefusedSince }).toEqual({ code: 'ROUTER_REFUSES', writesRefusedSince: null });
  expect(error?.message).toContain('with status NoShop, and says "there is no such shop"');
  answer = () => undefined;
  await test.command('retry');
  await test.until('switched', ({ phase, rules }) => phase === 'switched' && rules.confirmed === rules.version);
  const { operationId } = await test.status();
  const [here, there] = ['commerce', 'customer'].map((cluster) => ({ cluster, database: test.database }));
  const rules = [{ ...here, table: 'orders', reads: there, writes: there }];
  expect(told.at(-1)).toEqual({ operationId, move: test.database, version: 2, rules });
  await test.until('the way back', ({ reverse }) => reverse.caughtUp);
  expect(await test.command('complete')).toMatchObject({ outcome: done });
  expect(await test.result()).toMatchObject({ outcome: 'completed', residuals: [] });
});
