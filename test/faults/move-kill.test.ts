/**
 * kill -9 of the worker at every step of a move that changes who may write, and at some of the others (P1): a table of
 * steps, each named by the statement at which the worker is killed. A second worker takes over each time, while clients
 * write that know nothing but the fences; in the end the target has what was acknowledged, once, and nothing of ours is
 * left but the retained table.
 */
import { describe, expect, it } from 'vitest';
import type { MovePhase } from '../../src/lifecycle/move/phase.js';
import { MoveLife } from '../support/move-life.js';
import type { MoveTest } from '../support/move-test.js';
import { startOwnMysql } from '../support/own-mysql.js';
import type { Fault } from '../support/test-workers.js';

interface Step extends Fault {
  readonly name: string;
  /** The second worker is killed as well. */
  readonly again?: Fault;
}

type Statement = Pick<Step, 'statement' | 'cluster' | 'since'>;

/** Before the first and after the last statement of a kind. */
function around(name: string, statement: Statement, first = 1, last = first): readonly Step[] {
  return [
    { name: `before ${name}`, ...statement, when: 'before', count: first },
    { name: `after ${name}`, ...statement, when: 'after', count: last },
  ];
}

const source = { cluster: 'commerce' } as const;
const target = { cluster: 'customer' } as const;

const journal = '^INSERT INTO _switchyard.switch_journal';
const fencing = '^CREATE TRIGGER';
const unfencing = '^DROP TRIGGER';
const counting = '^ALTER TABLE .* AUTO_INCREMENT';
const closingEpoch = 'SET epoch = \\? WHERE operation_id = \\?$';
const closing = '^UPDATE _switchyard.operations SET state';
const routing = '^UPDATE _switchyard.routing_moves SET version';

/** One attempt to move the writes. @param fences that were raised on `from` before. */
function switching(from: Pick<Statement, 'cluster'>, to: Pick<Statement, 'cluster'>, fences: number): readonly Step[] {
  return [
    ...around('the lock', { ...from, statement: '^LOCK TABLES .* WRITE' }),
    ...around('the fences', { ...from, statement: fencing }, fences + 1, fences + 6),
    { name: 'between two fences', ...from, statement: fencing, when: 'after', count: fences + 1 },
    ...around('the counter', { ...to, statement: counting }),
    ...around('the row of the journal', { ...to, statement: journal }),
    ...around('the COMMIT of the journal', { ...to, statement: '^COMMIT', since: journal }),
    ...around('the end of the lock', { ...from, statement: '^UNLOCK TABLES' }),
    ...around('the end of the fences', { ...to, statement: unfencing }, 1, 6),
  ];
}

const steps: Readonly<Partial<Record<MovePhase, readonly Step[]>>> = {
  preparing: [
    { name: 'after a target table was made', ...target, statement: '^CREATE TABLE `[^`]*`\\.`_sw_', when: 'after' },
    {
      name: 'before the plan is kept',
      ...target,
      statement: '^UPDATE _switchyard.operations SET plan',
      when: 'before',
    },
  ],
  copying: [{ name: 'at a checkpoint', statement: '^UPDATE _switchyard.progress SET watermark', when: 'after' }],
  indexing: [{ name: 'between two fences of the target', ...target, statement: fencing, when: 'after' }],
  switching: [
    ...switching(source, target, 0),
    {
      ...{ name: 'before the journal, and before it is undone', ...target, statement: journal, when: 'before' },
      again: { ...target, statement: journal, when: 'before' },
    },
    {
      ...{ name: 'before the journal, and before the fences go', ...target, statement: journal, when: 'before' },
      again: { ...source, statement: unfencing, when: 'before' },
    },
    {
      ...{ name: 'after the journal, and before the fences go', ...source, statement: '^UNLOCK TABLES', when: 'after' },
      again: { ...target, statement: unfencing, when: 'before', count: 2 },
    },
  ],
  // It has been told after the preparation.
  switched: around('the router is told', { ...target, statement: routing }, 2),
  // The target has had its fences since the end of the copy.
  reversing: switching(target, source, 6),
  completing: [
    ...around('the end of the reverse stream', { ...source, statement: closingEpoch }),
    ...around('the RENAME', { ...source, statement: '^RENAME TABLE' }),
    ...around('the end of the fences', { ...source, statement: unfencing }, 1, 6),
    ...around('the records of the target are closed', { ...target, statement: closing }),
    ...around('the records of the source are closed', { ...source, statement: closing }),
  ],
  // The switch has been the first one to close an epoch.
  forceCompleting: [
    ...around('the end of the stream', { ...target, statement: closingEpoch }, 2),
    { name: 'after the look for fences', ...target, statement: '^SELECT event_object_schema', when: 'after' },
    ...around('the records of tables go', { ...target, statement: '^DELETE FROM _switchyard.owned' }, 1, 2),
    // It knows this version already, and is only asked.
    ...around('the router is told', { ...target, statement: '^SELECT version FROM _switchyard.routing' }, 3),
    ...around('the records are closed', { ...target, statement: closing }),
  ],
};

const cases = Object.entries(steps).flatMap(([phase, list]) => list.map((step) => ({ phase, ...step })));

const options = { switch: { backoffMs: [0, 500], maxAttempts: 20 } };
const waitMs = 120_000;

/** Kills each worker where it is to be killed, and starts the next one. */
async function killing(test: MoveTest, phase: string, { again, ...fault }: Step): Promise<() => Promise<void>> {
  const first = await test.startFaultWorker(fault);
  return async () => {
    await first.reached(waitMs);
    // Else it was another statement than the one that is meant.
    expect(await test.status()).toMatchObject({ phase });
    first.worker.kill('SIGKILL');
    if (again !== undefined) {
      const second = await test.startFaultWorker(again);
      await second.reached(waitMs);
      second.worker.kill('SIGKILL');
    }
    await test.startWorker();
  };
}

async function killAt({ phase, ...step }: Step & { readonly phase: string }): Promise<void> {
  const own = phase === 'forceCompleting' ? await startOwnMysql(['--log-bin-trust-function-creators=ON']) : undefined;
  const life = await MoveLife.open(own === undefined ? {} : { source: own.cluster });
  try {
    const kill = await killing(life.test, phase, step);
    await life.start(options);
    const living = async (): Promise<void> => {
      await life.toVerified();
      await life.switch();
      if (phase === 'reversing') await life.reverse();
      await (own === undefined ? life.complete() : life.forceComplete(own));
    };
    await Promise.all([kill(), living()]);
    await life.expectMoved({ sourceAnswers: own === undefined });
  } finally {
    await life.test.close();
    await own?.stop();
  }
}

// Most of the time is spent waiting for Temporal to notice that the worker is gone: several steps at once.
describe.concurrent('the worker of a move, killed with SIGKILL', () => {
  for (const step of cases) {
    it(`while ${step.phase}, ${step.name}, is replaced, and nothing is lost`, () => killAt(step), 240_000);
  }
});
