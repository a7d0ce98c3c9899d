import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import type { OnlineDdlCommandName } from '../../../src/contract/migration/commands.js';
import type { CommandAnswer } from '../../../src/contract/operation/commands.js';
import { onlineDdlCommandDescriptions } from '../../../src/contract/migration/commands.js';
import type { MoveCommandName } from '../../../src/contract/move/commands.js';
import { moveCommandDescriptions } from '../../../src/contract/move/commands.js';
import { FakeActivities } from '../../support/fake-activities.js';
import { activityError, bothAnswer, FakeMoveActivities, outage } from '../../support/fake-move-activities.js';
import { testMove, type MoveTest } from '../../support/move-workflow-env.js';
import { testMigration, type MigrationTest } from '../../support/migration-workflow-env.js';

/** Where continue-as-new is suggested, and where a line of the audit log is on its way that does not come back. */
const suggestedEvents = 250;
/**
 * What hangs does so until the line is written, which is after this. A busy machine is slow: a workflow task that it loses
 * costs 10 s, and a poll for an answer that was just missed 20 s.
 */
const answeredWithinMs = 60_000;
/**
 * Temporal refuses an update while so many others of the workflow have no answer (`history.maxInFlightUpdates`), and the
 * client asks again after 1 s, 1.7 s, 2.9 s …: the eleventh of eleven commands had its answer long after the others.
 */
const updatesInFlightMax = 10;

interface Held {
  hold(name: 'recordAudit'): void;
  answer(name: 'recordAudit', activity: () => Promise<void>): void;
  heldCall(name: 'recordAudit'): Promise<{ end(result: undefined): void }>;
}

async function lengthOf(handle: WorkflowHandle): Promise<number> {
  return (await handle.describe()).historyLength;
}

/** Sends what changes nothing until a new run is due, with a line of the audit log on its way from shortly before on. */
async function holdNewRun(handle: WorkflowHandle, fakes: Held): Promise<void> {
  const send = (): Promise<unknown> => handle.signal('wellWell').then(() => handle.query('status'));
  while ((await lengthOf(handle)) < suggestedEvents - 35) await send();
  fakes.hold('recordAudit');
  while ((await lengthOf(handle)) <= suggestedEvents) await send();
}

async function writeLines(fakes: Held): Promise<void> {
  fakes.answer('recordAudit', () => Promise.resolve());
  (await fakes.heldCall('recordAudit')).end(undefined);
}

/** The outcome of every command by name, all sent at once as far as Temporal lets them in; one without an answer says so. */
async function outcomes<Name extends string>(
  names: readonly Name[],
  send: (name: Name) => Promise<CommandAnswer>,
): Promise<readonly string[]> {
  const outcome = async (name: Name): Promise<string> => {
    const late = new Promise<CommandAnswer>((resolve) => {
      setTimeout(() => resolve({ outcome: 'NO ANSWER' } as unknown as CommandAnswer), answeredWithinMs).unref();
    });
    return `${name}: ${(await Promise.race([send(name), late])).outcome}`;
  };
  const left = [...names];
  const heard: string[] = [];
  const sendOneByOne = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) heard.push(await outcome(name));
  };
  await Promise.all(Array.from({ length: updatesInFlightMax }, sendOneByOne));
  return heard;
}

const moveCommands = Object.keys(moveCommandDescriptions) as MoveCommandName[];
/** With these, a command needs a probe wherever it can need one. */
const reason = 'a reason';
const fieldsOf: Partial<Readonly<Record<MoveCommandName, object>>> = {
  forceComplete: { reason },
  reverseTraffic: { acceptLoss: true, reason },
  cancel: { force: true, reason },
  setThrottle: { rowsPerSecondMax: 5 },
};

interface MoveCase {
  readonly phase: string;
  readonly bring: (test: MoveTest) => Promise<unknown>;
  /** The one command that is meant, of all that are tried. */
  readonly last: MoveCommandName;
  readonly ends: 'completed' | 'cancelled' | 'goes on';
}

const moveCases: readonly MoveCase[] = [
  {
    phase: 'following',
    bring: async ({ untilPhase, fakes }) => {
      await untilPhase('following');
      fakes.answer('probeServers', () => Promise.resolve({ ...bothAnswer, target: outage }));
    },
    last: 'cancel',
    ends: 'cancelled',
  },
  { phase: 'switched', bring: switchIt, last: 'complete', ends: 'completed' },
  {
    phase: 'switched, the source gone',
    bring: async (test) => {
      await switchIt(test);
      test.fakes.answer('probeServers', () => Promise.resolve({ ...bothAnswer, source: outage }));
    },
    last: 'forceComplete',
    ends: 'completed',
  },
  {
    phase: 'needsOperator, nobody knows whether it has switched',
    bring: async ({ fakes, command, untilPhase }) => {
      fakes.answer('attemptSwitch', () => Promise.reject(activityError('CONNECTION_LOST', 'retryable')));
      const writesRefusedSince = '2026-11-21T03:59:00.000Z';
      const unknown = { outcome: 'unknown', problem: 'it does not answer', writesRefusedSince } as const;
      fakes.answer('resolveSwitch', () => Promise.resolve(unknown));
      fakes.answer('probeServers', () => Promise.resolve({ ...bothAnswer, target: outage }));
      await untilPhase('following');
      await command('switchTraffic');
      await untilPhase('needsOperator');
      fakes.answer('resolveSwitch', ({ acceptLoss }) =>
        Promise.resolve(acceptLoss ? { outcome: 'notSwitched' } : unknown),
      );
    },
    last: 'reverseTraffic',
    ends: 'goes on',
  },
];

async function switchIt({ command, untilPhase, until }: MoveTest): Promise<void> {
  await untilPhase('following');
  await command('switchTraffic');
  await until(({ phase, rules, reverse }) => phase === 'switched' && rules.confirmed === 2 && reverse.caughtUp);
}

describe.concurrent('while a new run waits for a line of the audit log', () => {
  it.each(moveCases)('every command of a move is answered, and $last is done: $phase', async (one) => {
    await testMove({ fakes: new FakeMoveActivities() }, async (test) => {
      const { handle, fakes, command, until } = test;
      const send = (dryRun: boolean) => (name: MoveCommandName) => command(name, { ...fieldsOf[name], dryRun });
      await one.bring(test);
      await holdNewRun(handle, fakes);
      const first = (await handle.describe()).runId;
      expect((await outcomes(moveCommands, send(true))).filter((line) => line.endsWith('NO ANSWER'))).toEqual([]);
      expect((await outcomes([one.last], send(false)))[0]).toMatch(/: (done|accepted)$/);
      if (one.ends !== 'goes on') await until(({ phase }) => phase === one.ends);
      // Where the last line is waited for, too.
      expect((await outcomes(moveCommands, send(true))).filter((line) => line.endsWith('NO ANSWER'))).toEqual([]);
      expect((await handle.describe()).runId).toBe(first);
      await writeLines(fakes);
      if (one.ends !== 'goes on') await expect(handle.result()).resolves.toMatchObject({ outcome: one.ends });
      else await until(({ error, phase }) => error === null && phase === 'following');
    });
  });

  const migrationCommands = Object.keys(onlineDdlCommandDescriptions) as OnlineDdlCommandName[];
  const migrationCases = [
    {
      phase: 'paused',
      options: { postponeCompletion: true },
      bring: async ({ until, command }: MigrationTest) => {
        await until(({ phase }) => phase === 'postponed');
        await command('pause', {});
        await until(({ pauseReasons }) => pauseReasons.length > 0);
      },
    },
    {
      phase: 'nobody knows whether it has swapped',
      options: {},
      bring: ({ until, fakes }: MigrationTest) => {
        fakes.answer('attemptCutOver', () => Promise.reject(activityError('CONNECTION_LOST', 'retryable')));
        const unclear = () => Promise.reject(activityError('OUTCOME_UNCLEAR', 'needsOperator'));
        fakes.answer('resolveCutOver', unclear);
        return until(({ phase }) => phase === 'needsOperator');
      },
    },
  ];

  it.each(migrationCases)('every command of a migration is answered: $phase', async ({ options, bring }) => {
    await testMigration({ options, fakes: new FakeActivities() }, async (test) => {
      const { handle, fakes, command, until } = test;
      await bring(test);
      await holdNewRun(handle, fakes);
      fakes.answer('resolveCutOver', () => Promise.resolve({ outcome: 'notSwapped' }));
      const harmless = migrationCommands.filter((name) => !['cancel', 'resume', 'unpause', 'retry'].includes(name));
      const send = (name: OnlineDdlCommandName): Promise<CommandAnswer> => command(name, {});
      expect((await outcomes(harmless, send)).filter((line) => line.endsWith('NO ANSWER'))).toEqual([]);
      expect((await outcomes(['cancel'], send))[0]).toMatch(/: (done|accepted)$/);
      await until(({ phase }) => phase === 'cancelled');
      expect((await outcomes(migrationCommands, send)).filter((line) => line.endsWith('NO ANSWER'))).toEqual([]);
      await writeLines(fakes);
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
    });
  });
});

describe('what runs', () => {
  it('goes on while a line of the audit log is on its way, and ends for the new run once it is written', async () => {
    const setting = { fakes: new FakeMoveActivities(), fixture: 'move-renewed' };
    await testMove(setting, async (test) => {
      const { handle, fakes, command, until } = test;
      await switchIt(test);
      const first = (await handle.describe()).runId;
      await holdNewRun(handle, fakes);
      const running = async (): Promise<unknown[]> =>
        ((await handle.describe()).raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name);
      expect((await running()).sort()).toEqual(['followReverse', 'recordAudit']);
      await writeLines(fakes);
      await expect.poll(async () => (await handle.describe()).runId, { timeout: 10_000 }).not.toBe(first);
      await until(({ phase }) => phase === 'switched');
      expect(await command('complete')).toMatchObject({ outcome: 'accepted' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });
});
