import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { onlineDdlCommandDescriptions, onlineDdlCommandNames } from '../../../src/contract/migration/commands.js';
import type { OnlineDdlPlan } from '../../../src/contract/migration/status.js';
import { throttleNames } from '../../../src/throttle/limits.js';
import { activityError } from '../../support/fake-activities.js';
import { throttleExamples } from '../../support/throttle-examples.js';
import { migrationInput, testMigration } from '../../support/migration-workflow-env.js';
import { bringToNewRun, eventually, workflowEnvironment } from '../../support/workflow-env.js';

interface Metadata {
  readonly currentDetails: string;
  readonly definition: Readonly<
    Record<'signalDefinitions' | 'updateDefinitions' | 'queryDefinitions', { name: string; description?: string }[]>
  >;
}

function metadata(handle: WorkflowHandle): Promise<Metadata> {
  return handle.query<Metadata>('__temporal_workflow_metadata');
}

const held = { options: { postponeCompletion: true } } as const;

describe('what the UI is told', () => {
  it('is every command as signal and as update, each with a description and an example input', async () => {
    await testMigration(held, async ({ handle, until }) => {
      await until(({ phase }) => phase === 'postponed');
      const { definition } = await metadata(handle);
      const expected = onlineDdlCommandNames.map((name) => [name, onlineDdlCommandDescriptions[name]]).sort();
      for (const kind of ['signalDefinitions', 'updateDefinitions'] as const) {
        const listed = definition[kind].filter(({ name }) => Boolean(name));
        expect(listed.map(({ name, description }) => [name, description]).sort()).toEqual(expected);
      }
      const queries = definition.queryDefinitions.map(({ name }) => name);
      expect(queries).toEqual(expect.arrayContaining(['status', 'plan']));
      await handle.terminate();
    });
  });

  it('are current details with the phase, the reason and the exact next command', async () => {
    await testMigration(held, async ({ handle, until }) => {
      await until(({ phase }) => phase === 'postponed');
      const { currentDetails } = await metadata(handle);
      expect(currentDetails).toContain('### shop.orders on commerce: postponed');
      expect(currentDetails).toContain('started with postponeCompletion');
      expect(currentDetails).toContain(`--workflow-id '${handle.workflowId}' --name resume --input '{}'`);
      await handle.terminate();
    });
  });

  it('is a summary on each activity', async () => {
    await testMigration({}, async ({ handle }) => {
      await handle.result();
      const { events } = await handle.fetchHistory();
      const summaries = (events ?? [])
        .filter(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled != null)
        .map(({ userMetadata }) => JSON.parse(Buffer.from(userMetadata?.summary?.data ?? []).toString()) as unknown);
      expect(summaries).toEqual([
        'check and prepare shop',
        'copy shop.orders',
        'build indexes of shop.orders',
        'verify shop.orders',
        'cut-over attempt 1 of 10 on shop.orders',
        'close the records of shop.orders',
      ]);
    });
  });

  it('is the plan, small and readable', async () => {
    await testMigration(held, async ({ handle, fakes, until }) => {
      await until(({ phase }) => phase === 'postponed');
      const plan = await handle.query<OnlineDdlPlan>('plan');
      expect(plan).toMatchObject({
        table: 'orders',
        retainedTable: fakes.retainedTable,
        cutOver: { maxAttempts: 10 },
      });
      expect(plan.steps.join('\n')).toContain('Follow until resume');
      await handle.terminate();
    });
  });
});

describe('the Temporal CLI', () => {
  it('is all that is needed to look at a migration and to steer it', async () => {
    await testMigration(held, async ({ handle, until }) => {
      await until(({ phase }) => phase === 'postponed');
      const { program, address } = await workflowEnvironment();
      const temporal = async (...args: string[]): Promise<string> => {
        const flags = ['--address', address, '--workflow-id', handle.workflowId, '--output', 'json'];
        const { stdout } = await promisify(execFile)(program, ['workflow', ...args, ...flags]);
        return stdout.replace(/\s+/g, '');
      };
      expect(await temporal('query', '--name', 'status')).toContain('"nextStep":"Sendresume');
      await temporal('signal', '--name', 'setLimits', '--input', '{"maxAttempts":7}');
      await until(({ lastCommand }) => lastCommand?.message.includes('maxAttempts 7') === true);
      const answer = await temporal('update', 'execute', '--name', 'resume', '--input', '{}');
      expect(answer).toContain('"outcome":"done"');
      expect(await temporal('result')).toContain('"outcome":"completed"');
    });
  });
});

describe('payloads', () => {
  it('that are empty mean something sensible', async () => {
    await testMigration(held, async ({ handle, until }) => {
      await until(({ phase }) => phase === 'postponed');
      for (const args of [[], [null], [{}]]) {
        await handle.signal('pause', ...args);
        await until(({ pauseReasons }) => pauseReasons.length === 1);
        await handle.signal('unpause', ...args);
        await until(({ pauseReasons }) => pauseReasons.length === 0);
      }
      await handle.terminate();
    });
  });

  it('that cannot be decoded reject an update before it is in the history, and say which field', async () => {
    await testMigration(held, async ({ handle, until }) => {
      await until(({ phase }) => phase === 'postponed');
      for (const [name, payload, field] of [
        ['setLimits', { maxAttempts: 'many' }, 'maxAttempts'],
        ['setLimits', { lockTimeout: 5 }, 'lockTimeout'],
        ['postpone', { reason: 7 }, 'reason'],
        ['postpone', { reasn: 'sale' }, 'no field "reasn"; there are: reason, by, dryRun'],
        ['resume', [1], 'resume'],
        ['abandon', {}, 'abandon'],
      ] as const) {
        const error = await handle.executeUpdate(name, { args: [payload] }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
        const cause = (error as WorkflowUpdateFailedError).cause as ApplicationFailure;
        expect(cause.type).toMatch(/INVALID_INPUT|UNKNOWN_COMMAND/);
        expect(cause.message).toContain(field);
        expect(cause.message).toMatch(/ (try again; docs|Send one of the commands that are named\.)/);
        expect(cause.stack).toBe('');
      }
      const { events } = await handle.fetchHistory();
      const accepted = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes != null) ?? [];
      // Only the one without a handler of its own has no validator.
      expect(accepted).toHaveLength(1);
      await handle.terminate();
    });
  });

  it('that cannot be decoded are refused in the status when they come as a signal, and change nothing', async () => {
    await testMigration({ ...held, fixture: 'refused-signals' }, async ({ handle, until, status }) => {
      await until(({ phase }) => phase === 'postponed');
      for (const [name, payload, code] of [
        ['setLimits', { maxAttempts: 0 }, 'INVALID_INPUT'],
        ['resume', 'now', 'INVALID_INPUT'],
        ['explode', {}, 'UNKNOWN_COMMAND'],
        ['forceCutOver', { on: true }, 'NOT_BUILT_YET'],
        ['setThrottle', { rowsPerSecondMax: 0 }, 'INVALID_INPUT'],
        ['setLimits', { window: 'nights' }, 'INVALID_INPUT'],
        ['setLimits', { forceAfter: 5 }, 'NOT_BUILT_YET'],
        ['retry', {}, 'COMMAND_NOT_ALLOWED'],
      ] as const) {
        await handle.signal(name, payload);
        const { lastCommand } = await until(
          (now) => now.lastCommand?.command === name && now.lastCommand.code === code,
        );
        expect(lastCommand).toMatchObject({ outcome: 'refused', via: 'signal' });
      }
      expect((await status()).phase).toBe('postponed');
      await handle.terminate();
    });
  });

  it('that were refused are in the audit log too, apart from updates that were rejected before they were accepted', async () => {
    await testMigration({ ...held, fixture: 'refusals-audited' }, async ({ handle, fakes, until, status }) => {
      await until(({ phase }) => phase === 'postponed');
      await handle.signal('resume', { reasn: 'it is over', by: 'mira' });
      await handle.signal(`explode${'x'.repeat(300)}`, { reason: 'y'.repeat(5_000) });
      await expect(handle.executeUpdate('postpone', { args: [{ reasn: 'x' }] })).rejects.toThrow();
      await expect(handle.executeUpdate('abandon', { args: [{ by: 'ada' }] })).rejects.toThrow();
      const lines = await eventually(
        () => Promise.resolve(fakes.requests('recordAudit')),
        ({ length }) => length === 3,
      );
      expect(lines).toMatchObject([
        { command: 'resume', via: 'signal', by: 'mira', reason: null, outcome: 'refused' },
        { command: `explode${'x'.repeat(43)}`, via: 'signal', by: null, reason: 'y'.repeat(1_000), outcome: 'refused' },
        { command: 'abandon', via: 'update', by: 'ada', outcome: 'refused' },
      ]);
      expect(lines[0]?.message).toContain('there is no field "reasn"');
      expect(await status()).toMatchObject({
        phase: 'postponed',
        lastCommand: { command: 'abandon', via: 'update', by: 'ada', code: 'UNKNOWN_COMMAND' },
      });
      await handle.terminate();
    });
  });
});

describe('a payload that is not JSON', () => {
  it('is refused as any other mistake, whatever it says it is, and the workflow goes on', async () => {
    await testMigration(held, async ({ handle, until, command }) => {
      await until(({ phase }) => phase === 'postponed');
      const { client, namespace } = await workflowEnvironment();
      const workflowExecution = { workflowId: handle.workflowId };
      for (const encoding of ['json/plain', 'json/protobuf', 'binary/encrypted']) {
        const payload = { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from('sale until 18:00') };
        const signal = { namespace, workflowExecution, signalName: 'resume', input: { payloads: [payload] } };
        await client.workflowService.signalWorkflowExecution(signal);
        const { lastCommand } = await until((status) => status.lastCommand?.command === 'resume');
        expect(lastCommand).toMatchObject({ outcome: 'refused', code: 'INVALID_INPUT' });
        await command('postpone');
      }
      expect(await command('resume')).toMatchObject({ outcome: 'done' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });
});

describe('a dry run', () => {
  it('of a command answers and is on record as one, as update and as signal, and changes nothing', async () => {
    await testMigration(held, async ({ handle, fakes, until, command, status }) => {
      const before = await until(({ phase }) => phase === 'postponed');
      for (const [name, outcome] of [
        ['resume', 'done'],
        ['cancel', 'accepted'],
        ['setThrottle', 'done'],
      ] as const) {
        expect(await command(name, { dryRun: true })).toMatchObject({ outcome, dryRun: true });
      }
      await handle.signal('cancel', { dryRun: true, by: 'mira' });
      const seen = await until(({ lastCommand }) => lastCommand?.by === 'mira');
      expect(seen.lastCommand).toMatchObject({ command: 'cancel', outcome: 'accepted', dryRun: true });
      expect(await status()).toEqual({ ...before, lastCommand: seen.lastCommand });
      const lines = await eventually(
        () => Promise.resolve(fakes.requests('recordAudit')),
        (sent) => sent.length === 4,
      );
      const names = ['resume', 'cancel', 'setThrottle', 'cancel'].map((name) => `${name} (dry run)`);
      expect(lines.map((line) => line.command)).toEqual(names);
      expect(await command('resume')).not.toHaveProperty('dryRun');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
    });
  });
});

describe('commands before the start', () => {
  it('given as signals are carried out in the order in which they were sent', async () => {
    for (const [last, phase] of [
      ['postpone', 'postponed'],
      ['resume', 'completed'],
    ] as const) {
      const first = last === 'postpone' ? 'resume' : 'postpone';
      const beforeWorker = async (handle: WorkflowHandle): Promise<void> => {
        await handle.signal(first);
        await handle.signal(last, { reason: 'sent before there was a worker' });
      };
      await testMigration({ fixture: `signals-before-start-${last}`, beforeWorker }, async ({ handle, until }) => {
        await until((status) => status.phase === phase);
        if (last === 'postpone') await handle.terminate();
        else await handle.result();
      });
    }
  });

  it('to cancel end the workflow without a step', async () => {
    const beforeWorker = (handle: WorkflowHandle): Promise<void> => handle.signal('cancel');
    await testMigration({ fixture: 'cancelled-before-start', beforeWorker }, async ({ handle, fakes }) => {
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
      expect(fakes.calls).toEqual([]);
    });
  });
});

describe('the limits of the throttle', () => {
  it('of the start arrive with what was said before it, and setThrottle changes those of what runs', async () => {
    const beforeWorker = async (handle: WorkflowHandle): Promise<void> => {
      await handle.signal('setThrottle', { rowsPerSecondMax: 7 });
    };
    const options = { ...held.options, throttle: { ...throttleExamples, rowsPerSecondMax: 100 } };
    await testMigration({ beforeWorker, options }, async ({ handle, fakes, command, until }) => {
      await until(() => fakes.order.at(-1) === 'synchronise follow');
      const runs = fakes.requests('synchronise');
      expect(runs.map(({ goal }) => goal)).toEqual(['copied', 'indexed', 'verified', 'follow']);
      for (const { throttle } of runs) expect(throttle).toEqual({ ...throttleExamples, rowsPerSecondMax: 7 });
      const all = Object.fromEntries(throttleNames.map((name) => [name, null]));
      expect(await command('setThrottle', { ...all, lagMsMax: 5 })).toMatchObject({ outcome: 'done' });
      await until(({ phase }) => phase === 'postponed' && fakes.requests('synchronise').length === 5);
      expect(fakes.requests('synchronise').at(-1)).toMatchObject({ goal: 'follow', throttle: { ...all, lagMsMax: 5 } });
      await handle.terminate();
    });
  });
});

describe('a migration started with postponeLaunch', () => {
  it('is checked at once, waits for launch and is prepared again then', async () => {
    const setting = { fixture: 'launched', options: { postponeLaunch: true } };
    await testMigration(setting, async ({ handle, fakes, until, command }) => {
      const status = await until(({ phase, operationId }) => phase === 'queued' && operationId !== null);
      expect(status.nextStep).toContain('launch');
      expect(fakes.order).toEqual(['prepareMigration']);
      expect(await command('launch')).toMatchObject({ outcome: 'done' });
      expect(await command('launch')).toMatchObject({ outcome: 'done' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.order.slice(0, 3)).toEqual(['prepareMigration', 'prepareMigration', 'synchronise copied']);
    });
  });
});

describe('after the end', () => {
  it('the status is still answered, and raw commands are told that it is over', async () => {
    await testMigration({}, async ({ handle, fakes, status, command }) => {
      await handle.result();
      const ended = await status();
      expect(ended.nextStep).toContain(`table-cleanup/commerce/shop/${fakes.retainedTable} keeps the old table`);
      expect(ended).toMatchObject({ phase: 'completed', retainedTable: fakes.retainedTable, verified: true });
      await expect(command('postpone')).rejects.toThrow(/already completed/);
      await expect(handle.signal('postpone')).rejects.toThrow(/already completed/);
    });
  });
});

/** Sends what changes nothing until the history is so long that a new run takes over. */
describe('continue-as-new', () => {
  it('happens where nothing is under way, and carries everything on', async () => {
    const setting = { ...held, fixture: 'continued' };
    await testMigration(setting, async ({ handle, until, command, fakes, status }) => {
      const { readyAt } = await until(({ phase }) => phase === 'postponed');
      await command('setLimits', { lockTimeoutMs: 321 });
      await bringToNewRun(handle);
      const carried = await until(({ phase }) => phase === 'postponed');
      expect(carried).toMatchObject({ readyAt, statement: migrationInput.statement, postponed: { by: 'operator' } });
      const grants = fakes.requests('synchronise').map(({ grant }) => grant);
      expect(grants).toEqual([...grants].sort((a, b) => a - b));
      expect(fakes.count('prepareMigration')).toBe(1);
      expect(await command('resume')).toMatchObject({ outcome: 'done' });
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'completed' });
      expect(fakes.requests('attemptCutOver')[0]?.cutOver.lockTimeoutMs).toBe(321);
      expect((await status()).phase).toBe('completed');
    });
  });

  it('is not put off by an audit log that is slower than the commands, and its lines are not lost', async () => {
    await testMigration({ ...held }, async ({ handle, fakes, until }) => {
      fakes.answer('recordAudit', () => new Promise((written) => setTimeout(written, 300)));
      await until(({ phase }) => phase === 'postponed');
      await bringToNewRun(handle);
      await handle.signal('lastOne');
      const wrongSignals = (): number =>
        fakes.requests('recordAudit').filter(({ outcome }) => outcome === 'refused').length;
      const before = wrongSignals();
      await eventually(
        () => Promise.resolve(wrongSignals()),
        (count) => count > before + 3,
      );
      await handle.signal('cancel');
      await handle.result();
      expect(fakes.requests('recordAudit').map(({ command }) => command)).toContain('lastOne');
    });
  });

  it('while a person is waited for shows the same page again and goes on waiting', async () => {
    await testMigration({}, async ({ handle, fakes, until, command }) => {
      fakes.answer('synchronise', () => Promise.reject(activityError('DISK_FULL', 'needsOperator')));
      await until(({ phase }) => phase === 'needsOperator');
      await bringToNewRun(handle);
      expect((await metadata(handle)).currentDetails).toContain('shop.orders on commerce: needsOperator');
      await command('cancel');
      await expect(handle.result()).resolves.toMatchObject({ outcome: 'cancelled' });
    });
  });
});
