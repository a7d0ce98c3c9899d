/** The table (what a move is doing, what is gone for good) -> command, for people, from the states that were walked. */
import { expect } from 'vitest';
import { apply } from '../../../src/lifecycle/move/apply.js';
import { failureOf, writesOnTarget } from '../../../src/lifecycle/move/facts.js';
import { nextStep } from '../../../src/lifecycle/move/next-step.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { wayOutWithout, wayOutWords } from '../../../src/lifecycle/move/way-out.js';
import { hasReached } from '../../../src/lifecycle/operation/state.js';
import type { Moment } from './reach.js';

const groups = [
  '`queued`, `preparing`',
  '`copying`, `indexing`',
  '`following`',
  'attempt, outcome unknown',
  '`switched`',
  '`completing`',
  '`forceCompleting`',
  '`cancelled`, `failed`',
] as const;
type Group = (typeof groups)[number];

const columns = ['the source is gone', 'the target is gone', 'the router is gone'] as const;

/** Null for one that has ended. */
function groupOf(state: MoveState): Group | null {
  const { closed, unresolved, completion, stop, terms } = state;
  if (closed) return null;
  if (unresolved !== null) return 'attempt, outcome unknown';
  if (completion !== null) return completion.kind === 'force' ? '`forceCompleting`' : '`completing`';
  if (stop !== null) return '`cancelled`, `failed`';
  if (terms === null) return '`queued`, `preparing`';
  if (writesOnTarget(state)) return '`switched`';
  return hasReached(state, 'indexed') ? '`following`' : '`copying`, `indexing`';
}

function cellsOf(state: MoveState): readonly string[] {
  return (['source', 'target', 'router'] as const).map((gone) => {
    const way = wayOutWithout(state, gone);
    return way === null ? '–' : [way.command, ...Object.keys(way.options)].map((word) => `\`${word}\``).join(' + ');
  });
}

/** A server that lacks the switch, which a stream has found, is given up like one that is gone. */
function expectGivenUp(state: MoveState): void {
  const { main } = state.running;
  const looks = ['synchronise', 'startReverse', 'followReverse', 'complete'];
  // Nothing was ever switched before the copy was complete.
  if (main === null || !looks.includes(main.kind) || !hasReached(state, 'indexed')) return;
  if (state.stop !== null || state.unresolved !== null) return;
  const side = state.traffic.writes;
  const failure = failureOf('SWITCH_LOST', { cluster: 'c', side, since: '' });
  const next = apply(state, { kind: 'activityFailed', lane: 'main', failure, atMs: 0 });
  const way = wayOutWithout({ ...next, trouble: null, unresolved: null }, side);
  if (next.trouble?.code !== 'SWITCH_LOST' || way === null) return;
  const { command, sentence } = nextStep(next);
  expect(command, sentence).toMatchObject({ name: way.command, input: { ...way.options, reason: '' } });
  expect(sentence).toContain(wayOutWords(way));
}

/** In Markdown; each cell has to be one answer, whatever else is so in that state. */
export function wayOutTable(moments: readonly Moment[]): string {
  for (const { state } of moments) expectGivenUp(state);
  const rows = groups.map((group) => {
    const found = columns.map(() => new Set<string>());
    for (const { state } of moments) {
      if (groupOf(state) === group) cellsOf(state).forEach((cell, index) => found[index]?.add(cell));
    }
    const cells = found.map((answers) => {
      expect([...answers], `${group} has one answer in each column`).toHaveLength(1);
      return [...answers].join('');
    });
    return `| ${group} | ${cells.join(' | ')} |`;
  });
  return [`| the move is | ${columns.join(' | ')} |`, '| --- | --- | --- | --- |', ...rows].join('\n');
}
