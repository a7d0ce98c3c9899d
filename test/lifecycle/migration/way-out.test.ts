import { describe, expect, it } from 'vitest';
import type { Activity } from '../../../src/lifecycle/migration/activity.js';
import { decide } from '../../../src/lifecycle/migration/decide.js';
import type { Happening } from '../../../src/lifecycle/migration/event.js';
import { nextStep } from '../../../src/lifecycle/migration/next-step.js';
import { phaseOf } from '../../../src/lifecycle/migration/phase.js';
import { terms, wellEnded } from './driver.js';
import type { MigrationMoment } from './walk.js';
import { allMoments, away, changed, keyOf, lacking, lost, sent, unclear, unknown, walker } from './walk.js';

/**
 * P10: from every state that a migration can come to, whatever is gone then, what the status names leads to its end
 * within a bounded number of steps. The states are found by walking: all ends of activities, all commands, time.
 */

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
function step(moment: MigrationMoment, world: World): MigrationMoment {
  const { state } = moment;
  const { running } = state;
  const { sentence, command: named } = nextStep(state);
  if (state.trouble !== null || state.retrying !== null) {
    expect(sentence, 'P11: nothing that fails is called well').not.toContain('Nothing');
  }
  const forEver = running?.kind === 'watchPaused' || (running?.kind === 'synchronise' && running.goal === 'follow');
  const end = running === null ? null : world(running);
  if (running !== null && (end !== null || !forEver || walker.isStopping(moment, 'main'))) {
    return walker.after(moment, end ?? wellEnded(running, walker.isStopping(moment, 'main'), state.terms ?? terms));
  }
  if (sentence.includes('cancel ends')) return sent(moment, 'cancel');
  return named === null ? walker.later(moment, 300_000) : sent(moment, named.name);
}

/** With exactly one word on how, and with every command answered. */
function hasEnded({ state, atMs }: MigrationMoment): boolean {
  if (decide(state, atMs).main.kind !== 'end' || state.running !== null) return false;
  expect([state.swap, state.stop].filter((end) => end !== null)).toHaveLength(1);
  expect(state.pending).toEqual([]);
  return true;
}

describe('every state of a migration', () => {
  const moments = allMoments();

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
