import { describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../../src/contract/operation/commands.js';
import type { MoveCommandName } from '../../../src/contract/move/commands.js';
import { writeLatency } from '../../support/fakes.js';
import { moveOperationId, switchedAt } from '../../support/fake-move-activities.js';
import type { MoveTest } from '../../support/move-workflow-env.js';
import { testMove } from '../../support/move-workflow-env.js';

const completed = {
  outcome: 'completed',
  forced: false,
  tables: ['customer', 'orders'],
  switchedAt,
  attempts: 2,
  blockedMs: 12,
  rowsCopied: 1_000,
  verified: true,
  notCompared: [],
  writeLatency,
  residuals: [],
  retained: [],
  loss: null,
};

type Send = (name: MoveCommandName, payload?: object) => Promise<CommandAnswer>;

/** The whole life by commands: reads first, then writes, then the end. Returns every answer. */
async function live({ handle, fakes, until, untilPhase }: MoveTest, send: Send): Promise<readonly CommandAnswer[]> {
  const answers: CommandAnswer[] = [];
  await until(({ phase, operationId }) => phase === 'queued' && operationId !== null);
  answers.push(await send('launch', { by: 'mira' }));
  // What is scheduled and stopped at once never reaches a worker: each stream is to be seen running.
  const runs = (name: string) => until(() => fakes.mainOrder.at(-1) === name);
  await untilPhase('following');
  await runs('synchroniseMove follow');
  answers.push(await send('switchTraffic', { writes: true, dryRun: true }));
  answers.push(await send('switchTraffic', { reads: true }));
  await until(({ rules, traffic }) => rules.confirmed === 2 && traffic.every(({ reads }) => reads === 'target'));
  await runs('synchroniseMove follow');
  answers.push(await send('switchTraffic'));
  await until(({ phase, rules, reverse }) => phase === 'switched' && rules.confirmed === 3 && reverse.caughtUp);
  await runs('followReverse');
  answers.push(await send('cancel', { reason: 'too late for that' }));
  answers.push(await send('complete', { by: 'mira', reason: 'a week without complaints' }));
  await expect(handle.result()).resolves.toEqual(completed);
  return answers;
}

const works = [
  'prepareMove',
  'prepareMove',
  'synchroniseMove copied',
  'synchroniseMove indexed',
  'synchroniseMove verified',
  'synchroniseMove follow',
  'attemptSwitch',
  'synchroniseMove follow',
  'attemptSwitch',
  'startReverse',
  'followReverse',
  'completeMove',
  'finishMove',
];

describe('a move that is led by commands only', () => {
  it('copies, switches reads, then writes, reverses nothing and completes; its history stays small', async () => {
    const setting = { fixture: 'move-happy-path', options: { postponeLaunch: true } };
    const events = await testMove(setting, async (test) => {
      const answers = await live(test, test.command);
      expect(answers.map(({ outcome, code }) => [outcome, code])).toEqual([
        ['done', 'OK'],
        ['accepted', 'OK'],
        ['accepted', 'OK'],
        ['accepted', 'OK'],
        ['refused', 'WRITES_ON_TARGET'],
        ['accepted', 'OK'],
      ]);
      const { fakes } = test;
      expect(fakes.mainOrder).toEqual(works);
      const reference = { operationId: moveOperationId, sourceCluster: 'commerce', targetCluster: 'commerce_eu' };
      expect(fakes.requests('attemptSwitch')).toMatchObject([
        { ...reference, grant: 7, attempt: 1, reads: true, writes: false, limits: { lockTimeoutMs: 1_000 } },
        { ...reference, grant: 9, attempt: 2, reads: false, writes: true, limits: { drainTimeoutMs: 2_000 } },
      ]);
      expect(fakes.requests('routeTraffic')).toEqual([
        { ...reference, version: 1, reads: 'source', writes: 'source' },
        { ...reference, version: 2, reads: 'target', writes: 'source' },
        { ...reference, version: 3, reads: 'target', writes: 'target' },
      ]);
      expect(fakes.requests('probeServers')).toEqual([{ ...reference, sides: ['source'], thorough: false }]);
    });
    process.stdout.write(`history of a move led by commands: ${events} events\n`);
    expect(events).toBeLessThan(250);
  });

  it('is the same by signals: the same answers, the same work, the same lines in the audit log', async () => {
    const options = { postponeLaunch: true };
    const seen: Record<'update' | 'signal', object[]> = { update: [], signal: [] };
    const shape = ({ outcome, code, message }: CommandAnswer): object => ({ outcome, code, message });
    for (const via of ['update', 'signal'] as const) {
      await testMove({ options }, async (test) => {
        const answers = await live(test, via === 'update' ? test.command : test.signal);
        const audit = test.fakes.requests('recordAudit').map((line) => ({ ...line, via: '', at: '' }));
        const ran = test.fakes.mainOrder;
        seen[via].push(...answers.map(shape), ...audit, { ran });
        expect(test.fakes.requests('recordAudit').map((line) => line.via)).toEqual(audit.map(() => via));
      });
    }
    expect(seen.signal).toEqual(seen.update);
    expect(seen.update).toContainEqual(
      expect.objectContaining({ command: 'complete', by: 'mira', reason: 'a week without complaints' }),
    );
    expect(seen.update).toContainEqual(expect.objectContaining({ command: 'switchTraffic (dry run)' }));
  });

  it('or by nobody, where it was started so, and says on record what it decided by itself', async () => {
    const options = { autoSwitch: true, autoComplete: true, reverseReplication: false, verifyBeforeSwitch: false };
    await testMove({ fixture: 'move-by-itself', options }, async ({ handle, fakes }) => {
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed', attempts: 1 });
      // Whether it follows or watches for a moment before the router has confirmed is a matter of milliseconds.
      const passing = ['synchroniseMove follow', 'watchServers'];
      expect(fakes.mainOrder.filter((name) => !passing.includes(name))).toEqual([
        'prepareMove',
        'synchroniseMove copied',
        'synchroniseMove indexed',
        'attemptSwitch',
        'completeMove',
        'finishMove',
      ]);
      expect(fakes.requests('recordAudit').map(({ command, via }) => [command, via])).toEqual([
        ['waiveVerification', 'system'],
        ['switchTraffic', 'system'],
        ['complete', 'system'],
      ]);
    });
  });
});
