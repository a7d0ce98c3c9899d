/**
 * kill -9 of the worker at every step of a move that changes who may write, and at some of the others (P1): a table of
 * steps, each named by the statement at which the worker is killed. Another worker takes over each time, while clients
 * write that know nothing but the fences; in the end the target has what was acknowledged, once, and nothing of ours is
 * left but the retained table.
 *
 * A move costs more than a kill, so that one is killed once in each stage of its life: of each stage it takes the next
 * step of the table.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MovePhase } from '../../src/lifecycle/move/phase.js';
import { KilledMove, type Kill } from '../support/killed-move.js';

type Step = Omit<Kill, 'stage' | 'phase'>;

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
const shutting = '^UPDATE `_switchyard`\\.`gate_.* SET shut = TRUE';
const marking = '^UPDATE `_switchyard`\\.`gate_.* WHERE number = 2$';
const opening = '^UPDATE `_switchyard`\\.`gate_.* SET shut = FALSE';
const counting = '^ALTER TABLE .* AUTO_INCREMENT';
const closingEpoch = 'SET epoch = \\? WHERE operation_id = \\?$';
const closing = '^UPDATE _switchyard.operations SET state';
const routing = '^UPDATE _switchyard.routing_moves SET version';

/** One attempt to move the writes. */
function switching(from: Pick<Statement, 'cluster'>, to: Pick<Statement, 'cluster'>): readonly Step[] {
  return [
    ...around('the counter', { ...to, statement: counting }),
    ...around('the gate is shut', { ...from, statement: shutting }),
    ...around('the mark behind the last writes', { ...from, statement: marking }),
    ...around('writers are refused', { ...from, statement: '^COMMIT', since: shutting }),
    ...around('the row of the journal', { ...to, statement: journal }),
    ...around('the gate is opened', { ...to, statement: opening }),
    ...around('the COMMIT of the journal', { ...to, statement: '^COMMIT', since: journal }),
  ];
}

/** The fences of the side that has the writes, which that of the target has already when traffic goes back. */
const fencingSource: readonly Step[] = [
  ...around('the fences', { ...source, statement: fencing }, 1, 6),
  { name: 'between two fences', ...source, statement: fencing, when: 'after' },
];

/** Statements count from the start of the phase's stage on. */
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
    ...fencingSource,
    ...switching(source, target),
    {
      ...{ name: 'before the journal, and before it is undone', ...target, statement: journal, when: 'before' },
      again: { ...target, statement: journal, when: 'before' },
    },
    {
      ...{ name: 'before the journal, and before the gate is opened', ...target, statement: journal, when: 'before' },
      again: { ...source, statement: opening, when: 'before' },
    },
    {
      ...{ name: 'after the journal, and before it is looked up', ...target, statement: '^COMMIT', since: journal },
      ...{ when: 'after', again: { ...target, statement: opening, when: 'before' } },
    },
  ],
  switched: around('the router is told', { ...target, statement: routing }),
  reversing: switching(target, source),
  completing: [
    ...around('the end of the reverse stream', { ...source, statement: closingEpoch }),
    ...around('the RENAME', { ...source, statement: '^RENAME TABLE' }),
    ...around('the end of the fences', { ...source, statement: unfencing }, 1, 6),
    ...around('the records of the target are closed', { ...target, statement: closing }),
    ...around('the records of the source are closed', { ...source, statement: closing }),
  ],
  forceCompleting: [
    ...around('the end of the stream', { ...target, statement: closingEpoch }),
    { name: 'after the look for fences', ...target, statement: '^SELECT event_object_schema', when: 'after' },
    ...around('the records of tables go', { ...target, statement: '^DELETE FROM _switchyard.owned' }, 1, 2),
    // It knows this version already, and is only asked.
    ...around('the router is told', { ...target, statement: '^SELECT version FROM _switchyard.routing' }),
    ...around('the records are closed', { ...target, statement: closing }),
  ],
};

/** The kills of a stage, in the order of the table. */
function killsOf(stage: Kill['stage'], ...phases: readonly MovePhase[]): readonly Kill[] {
  return phases.flatMap((phase) => (steps[phase] ?? []).map((step) => ({ stage, phase, ...step })));
}

const atFirst = killsOf('verify', 'preparing', 'copying', 'indexing');
const there = killsOf('switch', 'switching', 'switched');
const back = killsOf('reverse', 'reversing');
const last = killsOf('end', 'completing', 'forceCompleting');
const movesCount = Math.max(there.length, last.length);

/** What is killed in each move; those that do not go back are killed at first. */
const moves = Array.from({ length: movesCount }, (_none, number) => {
  const kills = [atFirst[number - back.length], there[number], back[number], last[number]];
  return kills.filter((kill) => kill !== undefined);
});

// Much of the time is spent waiting for Temporal to notice that the worker is gone: several moves at once.
describe.concurrent('the worker of a move, killed with SIGKILL', () => {
  it('is killed at every step of the table', () => {
    expect(moves.flat()).toHaveLength(Object.values(steps).flat().length);
  });

  for (const [number, kills] of moves.entries()) {
    const killed = new KilledMove(kills);
    describe(`move ${number + 1}`, () => {
      beforeAll(() => killed.open());
      afterAll(() => killed.close());
      for (const kill of kills) {
        it.sequential(`while ${kill.phase}, ${kill.name}, is replaced`, () => killed.through(kill), 240_000);
      }
      it.sequential('and nothing is lost', () => killed.expectMoved(), 240_000);
    });
  }
});
