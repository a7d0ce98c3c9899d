import { describe, expect, it } from 'vitest';
import { isFactOfWorker } from '../../../src/errors/worker-facts.js';
import { apply } from '../../../src/lifecycle/migration/apply.js';
import type { CommandName } from '../../../src/lifecycle/migration/command.js';
import { isStoppable, type Activity } from '../../../src/lifecycle/migration/activity.js';
import { decide, work, worksAgain } from '../../../src/lifecycle/migration/decide.js';
import { isSameWork } from '../../../src/lifecycle/operation/work.js';
import type { Happening } from '../../../src/lifecycle/migration/event.js';
import { nextStep } from '../../../src/lifecycle/migration/next-step.js';
import { phaseOf } from '../../../src/lifecycle/migration/phase.js';
import type { MigrationState } from '../../../src/lifecycle/migration/state.js';
import { initialState } from '../../../src/lifecycle/migration/state.js';
import { blocked, command, failed, serverError, swapped, terms, wellEnded } from './driver.js';

/**
 * P10: from every state that a migration can come to, whatever is gone then, what the status names leads to its end
 * within a bounded number of steps. The states are found by walking: all ends of activities, all commands, time.
 */

const startMs = Date.parse('2026-11-21T00:00:00.000Z');

/** A state at a time; whether what runs was asked to stop follows from them. */
interface Moment {
  readonly state: MigrationState;
  readonly atMs: number;
}

const after = ({ state, atMs }: Moment, happening: Happening): Moment => ({
  state: apply(apply(state, { ...happening, atMs }), { kind: 'outboxTaken', atMs }),
  atMs,
});

/** Starts what is wanted, as the workflow does. */
function reconciled(moment: Moment): Moment {
  const { state, atMs } = moment;
  if (worksAgain(state, atMs)) return reconciled(after(moment, { kind: 'workedAgain' }));
  const { main } = decide(state, atMs);
  if (state.running !== null || main.kind === 'wait' || main.kind === 'end') return moment;
  return after(moment, { kind: 'started', activity: main });
}

const later = (moment: Moment, ms: number): Moment => reconciled({ ...moment, atMs: moment.atMs + ms });

function isStopping({ state, atMs }: Moment): boolean {
  const { running } = state;
  return running !== null && isStoppable(running) && !isSameWork(work, running, decide(state, atMs).main);
}

function sent(moment: Moment, name: CommandName): Moment {
  return reconciled(after(moment, { kind: 'command', command: command(1, name) }));
}

const lost: Happening = { kind: 'activityLost', cancelled: false, problem: 'it timed out (HEARTBEAT)' };
const away = failed('SERVER_UNAVAILABLE', 'retryable');
const unknown: Happening = { kind: 'activityFailed', failure: serverError(3752) };
const unclear = failed('OUTCOME_UNCLEAR', 'needsOperator');
const changed = failed('TABLE_CHANGED', 'terminal');
const lacking = failed('UNKNOWN_CLUSTER', 'retryable');

/** Every end that what runs can have. */
function endsOf(moment: Moment): readonly Happening[] {
  const { running } = moment.state;
  if (running === null) return [];
  const stopping = isStopping(moment);
  const common = [away, unknown, lacking, lost, failed('FENCED', 'terminal'), changed];
  const launched = [
    wellEnded(running, stopping, terms),
    wellEnded(running, stopping, { ...terms, postponeLaunch: true, postponeCompletion: true, verify: false }),
  ];
  if (running.kind === 'prepare') return [...launched, ...common];
  const well = wellEnded(running, stopping, terms);
  if (running.kind === 'attemptCutOver') {
    return [well, { kind: 'attempted', result: swapped }, { kind: 'attempted', result: blocked }, unclear, ...common];
  }
  if (running.kind === 'resolveCutOver') return [well, { kind: 'resolved', result: swapped }, unclear, ...common];
  return [well, ...common];
}

const commands: readonly CommandName[] = [
  ...(['launch', 'postpone', 'resume', 'pause', 'unpause', 'retry', 'cancel', 'verify'] as const),
];

/** What decides how a series of failures goes on. */
function seriesOf({ last, alike }: NonNullable<MigrationState['retrying']>): string | number {
  if (isFactOfWorker(last.code)) return 'worker';
  return last.code === 'SERVER_ERROR' ? alike : 'passes';
}

/** What tells states apart, as far as decisions depend on it; times and words do not. */
function keyOf({ state, atMs }: Moment): string {
  const { retrying, running, progress, stop, trouble, terms: known } = state;
  const { unresolved, unclear: given, swap, closed, launchAsked, verifyRequested } = state;
  return JSON.stringify([
    [
      progress,
      running,
      launchAsked,
      verifyRequested,
      swap !== null,
      closed,
      given !== null,
      isStopping({ state, atMs }),
    ],
    [known?.postponeLaunch, known?.verify, state.postponed?.by, state.pauseReasons, state.pending.length > 0],
    [stop?.kind, trouble === null ? null : trouble.code === 'OUTCOME_UNCLEAR', unresolved && unresolved.failure?.kind],
    retrying === null ? null : [retrying.work.kind, seriesOf(retrying), retrying.nextAtMs > atMs],
    decide(state, atMs).main.kind,
  ]);
}

/** All states that can be reached. */
function walk(): readonly Moment[] {
  const first = reconciled({ state: initialState, atMs: startMs });
  const seen = new Map([[keyOf(first), first]]);
  // A map yields what is added while it is gone through.
  for (const moment of seen.values()) {
    const next = [
      ...endsOf(moment).map((end) => reconciled(after(moment, end))),
      ...commands.map((name) => sent(moment, name)),
      ...[2_000, 60_000, 300_000].map((ms) => later(moment, ms)),
      reconciled(after(moment, { kind: 'cancelRequested' })),
    ];
    for (const one of next) if (!seen.has(keyOf(one))) seen.set(keyOf(one), one);
  }
  return [...seen.values()];
}

/** What is gone, as the end of each activity that meets it; null where it ends well. */
type World = (activity: Activity) => Happening | null;

const worlds: Readonly<Record<string, World>> = {
  'nothing is gone': () => null,
  'the server is gone for good': () => away,
  'the server refuses something for good': () => unknown,
  'no worker has the cluster': () => lacking,
  'the workers die': () => lost,
  'the shadow is gone': ({ kind }) =>
    kind === 'synchronise' ? changed : kind === 'attemptCutOver' || kind === 'resolveCutOver' ? unclear : null,
  'a retained table is there': ({ kind }) => (kind === 'attemptCutOver' || kind === 'resolveCutOver' ? unclear : null),
};

/** One step: what runs ends as the world has it, or the person does what the status names, or time passes. */
function step(moment: Moment, world: World): Moment {
  const { state } = moment;
  const { running } = state;
  const { sentence, command: named } = nextStep(state);
  if (state.trouble !== null || state.retrying !== null) {
    expect(sentence, 'P11: nothing that fails is called well').not.toContain('Nothing');
  }
  const forEver = running?.kind === 'watchPaused' || (running?.kind === 'synchronise' && running.goal === 'follow');
  const end = running === null ? null : world(running);
  if (running !== null && (end !== null || !forEver || isStopping(moment))) {
    return reconciled(after(moment, end ?? wellEnded(running, isStopping(moment), state.terms ?? terms)));
  }
  if (sentence.includes('cancel ends')) return sent(moment, 'cancel');
  return named === null ? later(moment, 300_000) : sent(moment, named);
}

/** With exactly one word on how, and with every command answered. */
function hasEnded({ state, atMs }: Moment): boolean {
  if (decide(state, atMs).main.kind !== 'end' || state.running !== null) return false;
  expect([state.swap, state.stop].filter((end) => end !== null)).toHaveLength(1);
  expect(state.pending).toEqual([]);
  return true;
}

describe('every state of a migration', () => {
  const moments = walk();

  it.each(Object.keys(worlds))('leads to an end when %s', (name) => {
    expect(moments.length).toBeGreaterThan(500);
    const world = worlds[name] ?? (() => null);
    /** From these it was seen. */
    const known = new Set<string>();
    for (const start of moments) {
      let steps = 0;
      const course = new Map<string, string>();
      for (let moment = start; !hasEnded(moment) && !known.has(keyOf(moment)); moment = step(moment, world)) {
        course.set(keyOf(moment), `${phaseOf(moment.state)}: ${nextStep(moment.state).sentence}`);
        steps += 1;
        if (steps > 40) expect.fail(`no end from ${keyOf(start)}: ${[...course.values()].slice(-6).join('\n')}`);
      }
      for (const key of course.keys()) known.add(key);
    }
  });
});
