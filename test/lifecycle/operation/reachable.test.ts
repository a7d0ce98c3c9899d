/** What holds in every state that an operation can come to, for both kinds. */
import { describe, expect, it } from 'vitest';
import { apply as applyToMigration } from '../../../src/lifecycle/migration/apply.js';
import { commandNames, type Command } from '../../../src/lifecycle/migration/command.js';
import type { MigrationState } from '../../../src/lifecycle/migration/state.js';
import { apply as applyToMove } from '../../../src/lifecycle/move/apply.js';
import { moveCommandNames, type MoveCommand } from '../../../src/lifecycle/move/command.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import * as migration from '../migration/driver.js';
import { allMoments } from '../migration/walk.js';
import * as move from '../move/driver.js';
import { answers, outage, probed } from '../move/outcomes.js';
import { commands as moveCommands, nearMoments, walker, type MoveMoment } from '../move/walk.js';
import { expectSame, expectSameOutcome, heardOf, type Asked } from './dry-runs.js';

/** No command of the walk has it. */
const id = 77;

function migrationAt(atMs: number): Asked<MigrationState, Command> {
  return {
    take: (state, command) => applyToMigration(state, { kind: 'command', command, atMs }),
    waitsFor: ({ pending }) => (pending.some((command) => command.id === id) ? 'attempt' : null),
  };
}

function moveAt(atMs: number): Asked<MoveState, MoveCommand> {
  return {
    take: (state, command) => applyToMove(state, { kind: 'command', command, atMs }),
    waitsFor: ({ pending }) => pending.find(({ command }) => command.id === id)?.waitsFor ?? null,
  };
}

const migrationCommands = commandNames.map((name) => migration.command(id, name, { reason: 'because' }));
const limits = { throttle: { lagMsMax: 7 } } as const;
const changes = [
  migration.command(id, 'setCutOver', { change: { maxAttempts: 7 } }),
  migration.command(id, 'setThrottle', limits),
];

describe('in every state of a migration', () => {
  const moments = allMoments();

  it('a dry run changes nothing, and has the outcome of the real command', () => {
    expect(moments.length).toBeGreaterThan(500);
    for (const { state, atMs } of moments) {
      for (const command of [...migrationCommands, ...changes]) expectSameOutcome(migrationAt(atMs), state, command);
    }
  });
});

describe('in every state near to the course of a move', () => {
  const moments = nearMoments();
  const given = [
    ...moveCommands,
    ...moveCommandNames.map((name) => [name, {}] as const),
    ['setThrottle', limits],
  ] as const;

  it('a dry run changes nothing, and has the outcome of the real command', () => {
    const probes = new Set<string>();
    for (const moment of moments) {
      for (const [name, options] of given) {
        const command = move.command(id, name, options, 'because');
        const heard = expectSameOutcome(moveAt(moment.atMs), moment.state, command);
        if (heard === 'probe') probes.add(judgedByProbe(moment, command));
      }
    }
    expect([...probes].toSorted()).toEqual(['cancel', 'complete', 'forceComplete', 'reverseTraffic']);
  });
});

/** What a probe sees decides both; the dry run has its answer then, and nothing else has come of it. */
function judgedByProbe({ state, atMs }: MoveMoment, command: MoveCommand): string {
  const quiet: MoveMoment = { state: { ...state, pending: [], running: { ...state.running, probe: null } }, atMs };
  for (const sight of [answers, { source: outage, target: null }, { source: null, target: outage }]) {
    const judged = (dryRun: boolean): MoveState => {
      const asked = walker.after(quiet, { kind: 'command', command: { ...command, dryRun } });
      return walker.applied(asked, probed(sight)).state;
    };
    const [real, dry] = [judged(false), judged(true)];
    const what = (): string => `${command.name} in ${JSON.stringify(state)}`;
    expectSame(heardOf(moveAt(atMs), real, command), heardOf(moveAt(atMs), dry, command), what);
    // A reverse with a loss lapses where the target is seen to answer, whoever has asked.
    for (const field of ['completion', 'stop', 'traffic', 'trouble', 'unresolved'] as const) {
      expect(dry[field], `${field} of ${command.name}`).toEqual(state[field]);
    }
  }
  return command.name;
}
