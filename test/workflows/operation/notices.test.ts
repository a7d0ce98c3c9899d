/** Who is notified of operations: by a real webhook on loopback, by an activity of the user's own, and by fakes. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellingOutside } from '../../../src/activities/operation/outside.js';
import { createActivities } from '../../../src/activities/create-activities.js';
import { noticeSchema, type Notice } from '../../../src/contract/operation/notices.js';
import { noticeEvents } from '../../../src/domain/notice.js';
import { noticesAtEndMs } from '../../../src/limits/workflows.js';
import { searchAttributeNames } from '../../../src/contract/operation/search-attributes.js';
import { activityError, FakeActivities } from '../../support/fake-activities.js';
import { FakeMoveActivities, switched } from '../../support/fake-move-activities.js';
import { testMigration } from '../../support/migration-workflow-env.js';
import { testMove } from '../../support/move-workflow-env.js';
import { bringToNewRun, eventually, workflowEnvironment } from '../../support/workflow-env.js';

const toAll = { searchAttributes: [], notify: { events: noticeEvents } };

/** What the webhook got, and what it answers with next; 200 where nothing is left. */
const received: { readonly authorization: string | undefined; readonly notice: Notice }[] = [];
let statuses: number[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const notice = noticeSchema.parse(JSON.parse(Buffer.concat(parts).toString('utf8')));
      received.push({ authorization: request.headers.authorization, notice });
      response.writeHead(statuses.shift() ?? 200).end('not you');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/notices`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

/** Our own activity, as a worker with this configuration has it. */
function webhook() {
  const headers = { authorization: 'Bearer of-the-test' };
  const notify = { driver: 'webhook', url, headers, timeoutMs: 5_000, events: noticeEvents } as const;
  return createActivities({ clusters: new Map(), notify }).sendNotice;
}

/**
 * A migration whose notices nobody takes, which lasts as long as its end waits for them: it is begun before everything else,
 * so that nothing waits for it here.
 */
const untaken = new FakeActivities();
let ended: Promise<{ readonly afterMs: number; readonly result: unknown }>;
beforeAll(() => {
  untaken.isSeenFrom(toAll);
  untaken.hold('sendNotice');
  ended = (async () => {
    let end = { afterMs: 0, result: undefined as unknown };
    await testMigration({ fakes: untaken }, async ({ handle, until }) => {
      await until(({ phase }) => phase === 'completed');
      const completedAt = performance.now();
      const result: unknown = await handle.result();
      end = { afterMs: performance.now() - completedAt, result };
      untaken.release();
    });
    return end;
  })();
  ended.catch(() => undefined);
});

function told(fakes: { requests(name: 'sendNotice'): readonly Notice[] }): readonly string[] {
  return fakes.requests('sendNotice').map(({ id, event }) => `${id.split('/')[1] ?? ''} ${event}`);
}

const notSwapped = {
  outcome: 'notSwapped',
  reason: 'blocked',
  detail: 'the lock was held',
  blockers: [],
  blockedMs: 0,
} as const;

describe('a migration', () => {
  it('tells a webhook what needs a person and how it ends, and again what was not taken', async () => {
    const fakes = new FakeActivities({ attemptCutOver: () => Promise.resolve(notSwapped), sendNotice: webhook() });
    fakes.isSeenFrom({ ...toAll, searchAttributes: searchAttributeNames });
    statuses = [503];
    const setting = { fakes, options: { cutOver: { maxAttempts: 1 } }, fixture: 'notified' };
    await testMigration(setting, async ({ handle, command, until }) => {
      await until(({ postponed }) => postponed?.by === 'system');
      fakes.answer('attemptCutOver', () =>
        Promise.resolve({ outcome: 'swapped', completedAt: '2026-11-21T04:00:00.000Z', blockedMs: 12 }),
      );
      await command('resume');
      await handle.result();
    });
    expect(received.map(({ notice: { id, event } }) => [id, event])).toEqual([
      ['0123456789abcdef/1', 'postponed'],
      ['0123456789abcdef/1', 'postponed'],
      ['0123456789abcdef/2', 'switched'],
      ['0123456789abcdef/3', 'completed'],
    ]);
    const [first] = received;
    expect(first?.authorization).toBe('Bearer of-the-test');
    expect(first?.notice).toMatchObject({
      ...{ version: 1, namespace: 'default', kind: 'onlineDdl', name: 'shop.orders' },
      ...{ clusters: ['commerce'], tables: ['shop.orders'], phase: 'postponed' },
      nextCommand: { name: 'resume', input: {} },
    });
    expect(first?.notice.sentence).toContain('the lock was held');
  });

  it('goes on while a notice is not taken, and tells the others after it', async () => {
    const fakes = new FakeActivities({ attemptCutOver: () => Promise.resolve(notSwapped) });
    fakes.isSeenFrom(toAll);
    fakes.hold('sendNotice');
    await testMigration({ fakes, options: { cutOver: { maxAttempts: 1 } } }, async ({ handle, command, until }) => {
      await until(({ postponed }) => postponed?.by === 'system');
      const call = await fakes.heldCall('sendNotice');
      fakes.answer('attemptCutOver', () =>
        Promise.resolve({ outcome: 'swapped', completedAt: '2026-11-21T04:00:00.000Z', blockedMs: 12 }),
      );
      await command('resume');
      await until(({ phase, nextStep }) => phase === 'completed' && nextStep.startsWith('Nothing: it is done'));
      expect(told(fakes)).toEqual(['1 postponed']);
      fakes.answer('sendNotice', () => Promise.resolve());
      call.end(undefined);
      await handle.result();
      expect(told(fakes)).toEqual(['1 postponed', '2 switched', '3 completed']);
    });
  });

  it('has on record what nobody was told, and ends as it would have', async () => {
    const fakes = new FakeActivities({ sendNotice: webhook() });
    fakes.isSeenFrom(toAll);
    statuses = [403];
    const before = received.length;
    await testMigration({ fakes }, async ({ handle }) => {
      expect(await handle.result()).toMatchObject({ outcome: 'completed' });
    });
    expect(received.slice(before).map(({ notice }) => notice.event)).toEqual(['switched', 'completed']);
    const [line, ...others] = fakes.requests('recordAudit').filter(({ command }) => command === 'notify');
    expect(others).toEqual([]);
    expect(line).toMatchObject({ via: 'system', outcome: 'refused' });
    expect(line?.message).toMatch(
      /^switched \(0123456789abcdef\/1\) was not told: .*status 403, and says "not you"\.$/,
    );
    expect(JSON.stringify(line)).not.toContain('/notices');
  });

  it('tells that its preparation has failed, by a number of its run', async () => {
    const fakes = new FakeActivities();
    const look = () => Promise.resolve(toAll);
    const fails = tellingOutside(look, () => Promise.reject(activityError('TABLE_BUSY', 'terminal')));
    fakes.answer('prepareMigration', fails);
    await testMigration({ fakes }, async ({ handle }) => {
      await expect(handle.result()).rejects.toThrow();
      const [notice, ...others] = fakes.requests('sendNotice');
      expect(others).toEqual([]);
      const { runId } = await handle.describe();
      const failed = { id: `${runId}/1`, operationId: null, phase: 'failed', clusters: ['commerce'], tables: [] };
      expect(notice).toMatchObject(failed);
      expect(notice?.sentence).toBe('TABLE_BUSY: TABLE_BUSY happened. Remedy of TABLE_BUSY.');
    });
  });

  it('leaves to a new run what is not told yet, which may then be told twice', async () => {
    const fakes = new FakeActivities({ attemptCutOver: () => Promise.resolve(notSwapped) });
    fakes.isSeenFrom({ ...toAll, searchAttributes: searchAttributeNames });
    fakes.hold('sendNotice');
    const setting = { fakes, options: { cutOver: { maxAttempts: 1 } }, fixture: 'notified-continued' };
    await testMigration(setting, async ({ handle, until }) => {
      await until(({ postponed }) => postponed?.by === 'system');
      const first = await fakes.heldCall('sendNotice');
      await bringToNewRun(handle);
      const again = await fakes.heldCall('sendNotice');
      expect(again.request).toEqual(first.request);
      // What lists show goes on in the new run: it is not set again.
      const shown = (await handle.describe()).typedSearchAttributes.getAll();
      expect(shown.map(({ key }) => key.name)).toEqual(expect.arrayContaining([...searchAttributeNames]));
      expect(JSON.stringify((await handle.fetchHistory()).events?.slice(1))).not.toContain('SwitchyardPhase');
      fakes.answer('sendNotice', () => Promise.resolve());
      again.end(undefined);
      await handle.executeUpdate('cancel', { args: [{ reason: 'enough' }] });
      await handle.result();
      expect(told(fakes)).toEqual(['1 postponed', '1 postponed', '2 cancelled']);
      expect(fakes.count('lookOutside')).toBe(1);
    });
  });

  it('tells only what was asked for', async () => {
    const fakes = new FakeActivities();
    fakes.isSeenFrom({ searchAttributes: [], notify: { events: ['completed'] } });
    await testMigration({ fakes }, ({ handle }) => handle.result());
    expect(told(fakes)).toEqual(['1 completed']);
  });
});

describe('a move', () => {
  it('calls an activity of the user’s own on their workers, there and back', async () => {
    const { connection, namespace } = await workflowEnvironment();
    const notices: Notice[] = [];
    let problem: string | undefined = 'a hiccup';
    const taskQueue = `ops-${Date.now().toString(36)}`;
    const takeNotice = (notice: Notice): Promise<string> => {
      notices.push(notice);
      const failure = problem;
      problem = undefined;
      return failure === undefined ? Promise.resolve('thanks') : Promise.reject(new Error(failure));
    };
    const theirs = await Worker.create({ connection, namespace, taskQueue, activities: { takeNotice } });
    const running = theirs.run();
    const fakes = new FakeMoveActivities();
    const activity = { taskQueue, activityType: 'takeNotice', timeoutMs: 5_000 };
    fakes.isSeenFrom({ searchAttributes: [], notify: { events: noticeEvents, activity } });
    try {
      await testMove({ fakes, fixture: 'move-notified' }, async ({ handle, command, untilPhase }) => {
        await untilPhase('following');
        await command('switchTraffic');
        await untilPhase('switched');
        fakes.answer('attemptReverse', () =>
          Promise.resolve({
            ...{ ...switched, switchedAt: '2026-11-21T05:00:00.000Z' },
            ...{ lossAccepted: false, lastReversedPosition: 'gtid:7' },
          }),
        );
        await command('reverseTraffic');
        await untilPhase('following');
        fakes.answer('attemptSwitch', () => Promise.resolve({ ...switched, switchedAt: '2026-11-21T06:00:00.000Z' }));
        await command('switchTraffic');
        await untilPhase('switched');
        await command('complete');
        await handle.result();
        await eventually(
          () => Promise.resolve(notices.length),
          (count) => count >= 5,
        );
      });
    } finally {
      theirs.shutdown();
      await running;
    }
    expect(notices.map(({ id, event }) => `${id} ${event}`)).toEqual([
      '0123456789/1 switched',
      '0123456789/1 switched',
      '0123456789/2 reversed',
      '0123456789/3 switched',
      '0123456789/4 completed',
    ]);
    for (const notice of notices) expect(noticeSchema.parse(notice)).toEqual(notice);
    const place = { clusters: ['commerce', 'commerce_eu'], tables: ['shop.customer', 'shop.orders'] };
    expect(notices[0]).toMatchObject({ kind: 'moveTables', name: 'orders-to-eu', phase: 'switched', ...place });
    expect(fakes.count('sendNotice')).toBe(0);
  });

  it('tells that a person is needed', async () => {
    const fakes = new FakeMoveActivities({
      routeTraffic: () => Promise.reject(activityError('ROUTER_REFUSES', 'terminal')),
    });
    fakes.isSeenFrom(toAll);
    await testMove({ fakes }, async ({ untilPhase, command }) => {
      await untilPhase('needsOperator');
      await eventually(
        () => Promise.resolve(told(fakes)),
        (events) => events.length > 0,
      );
      expect(told(fakes)).toEqual(['1 needsOperator']);
      expect(fakes.requests('sendNotice')[0]).toMatchObject({
        sentence: 'ROUTER_REFUSES happened.',
        nextCommand: { name: 'retry' },
      });
      await command('cancel');
    });
  });
});

it('whoever takes no notice keeps no operation from its end for longer than a while', async () => {
  const { afterMs, result } = await ended;
  expect(result).toMatchObject({ outcome: 'completed' });
  expect(afterMs).toBeGreaterThan(noticesAtEndMs - 5_000);
  expect(afterMs).toBeLessThan(noticesAtEndMs + 30_000);
  expect(told(untaken)).toEqual(['1 switched']);
  const lines = untaken.requests('recordAudit').filter(({ command }) => command === 'notify');
  expect(lines.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^switched .* was not told: the operation has ended meanwhile$/),
    expect.stringMatching(/^completed .* was not told: the operation has ended meanwhile$/),
  ]);
}, 90_000);
