import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { MainActivity } from '../../../src/lifecycle/move/activity.js';
import { decide } from '../../../src/lifecycle/move/decide.js';
import { routerFails, writesRefusedSince } from '../../../src/lifecycle/move/facts.js';
import { nextStep } from '../../../src/lifecycle/move/next-step.js';
import { phaseOf } from '../../../src/lifecycle/move/phase.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { wayOutWithout, wayOutWords, type Gone } from '../../../src/lifecycle/move/way-out.js';
import { ended, isStopping, keyOf, later, reachable, sent, usualEnd, type Moment, type Sent } from './reach.js';
import { wayOutTable } from './ways-out.js';
import { allBack, failedOver, gone, type World } from './world.js';

/**
 * P10: from every state that a move can come to, whatever is gone then, what the status names, or time, leads to its end
 * within a bounded number of steps, with exactly one side that takes the writes. The states are found by walking (reach.ts).
 */

/** `other`: another server answers in its place, which lacks the last attempt. Silent is gone that comes back at the end. */
type Fate = 'there' | 'gone' | 'other';

interface Fates {
  readonly source: Fate;
  readonly target: Fate;
  readonly router: 'there' | 'gone';
}

const all: readonly Fate[] = ['there', 'gone', 'other'];
const fates: readonly Fates[] = all
  .flatMap((source) => all.map((target) => ({ source, target })))
  .filter(({ source, target }) => source !== 'gone' || target !== 'gone')
  .flatMap((sides) => (['there', 'gone'] as const).map((router) => ({ ...sides, router })));

function suffering(world: World, { source, target, router }: Fates): World {
  const one = { there: (now: World) => now, gone, other: failedOver };
  return { ...one[target](one[source](world, 'source'), 'target'), router: router === 'there' };
}

const lasting = ['watchPaused', 'synchronise', 'followReverse', 'watchServers'];

/** Whether it goes on for ever in this world, so that there is nothing to wait for. */
function goesOn(moment: Moment, main: MainActivity): boolean {
  if (!lasting.includes(main.kind) || isStopping(moment, main)) return false;
  if (main.kind === 'synchronise' && main.goal !== 'follow') return false;
  const { world, happening } = usualEnd(moment, main);
  const { unreachable } = moment.state;
  if (happening.kind === 'watchedServers') {
    return !happening.source === !unreachable.source && !happening.target === !unreachable.target;
  }
  const fine = happening.kind !== 'activityFailed' && !('outcome' in happening && happening.outcome === 'unreachable');
  return fine && JSON.stringify(world) === JSON.stringify(moment.world);
}

/** What ends next in the lanes; null where nothing does. */
function nextEnd(moment: Moment): Moment | null {
  const { probe, route, main } = moment.state.running;
  const activity = probe ?? route ?? (main !== null && !goesOn(moment, main) ? main : null);
  return activity === null ? null : ended(moment, usualEnd(moment, activity));
}

/** What the person does who knows what will not come back. */
function command({ state }: Moment, { source, target, router }: Fates): Sent | null {
  const { command: next, sentence } = nextStep(state);
  const named = next?.name ?? null;
  const { reason: _reason, ...options }: Record<string, unknown> = next?.input ?? {};
  const fails = state.trouble !== null || routerFails(state) || state.retrying !== null;
  if (fails && !state.closed) expect(sentence, 'P11: nothing that fails is called well').not.toContain('Nothing');
  if (named !== null && named !== 'retry') return [named, options];
  const missing: readonly (Gone | false)[] = [
    source === 'gone' && 'source',
    target === 'gone' && 'target',
    router === 'gone' && 'router',
  ];
  for (const one of missing) {
    const way = one === false ? null : wayOutWithout(state, one);
    if (way === null || !fails || (one === 'router' && !routerFails(state))) continue;
    expect(sentence, `P10: the way out without the ${one || ''} is named`).toContain(wayOutWords(way));
    return [way.command, way.options];
  }
  return named === null ? null : [named, options];
}

function step(moment: Moment, fate: Fates): Moment {
  const next = nextEnd(moment);
  if (next !== null) return next;
  // Two that came back without it at once: what one of them takes was refused before, and nobody knows.
  if (fate.source !== 'other' || fate.target !== 'other') checkRefused(moment);
  const given = command(moment, fate);
  // What is being tried again already needs time to show that it works.
  const needsTime = given?.[0] === 'retry' && moment.state.running.main !== null;
  if (given === null || needsTime) return later(moment, 300_000);
  const then = sent(moment, given);
  if (then.state.running.probe === null) expectPossible(moment, then.state, given);
  return then;
}

function expectPossible(before: Moment, { lastCommand }: MoveState, [name, options]: Sent): void {
  const what = `${name} ${JSON.stringify(options)} is possible where the status names it: ${lastCommand?.message ?? ''}`;
  expect(lastCommand?.outcome, `${what} (${keyOf(before)})`).not.toMatch(/refused|tooLate/);
}

/** What is said of writes that are refused is so, where nothing is under way and all answer. */
function checkRefused(moment: Moment): void {
  const { state, world } = moment;
  const { source, target } = world;
  const isWaited = state.trouble !== null && state.trouble.code !== 'SWITCH_LOST' && state.unresolved === null;
  if (!source.answers || !target.answers || state.retrying !== null || isWaited) return;
  const takes = source.tables === 'open' || target.tables === 'open';
  const what = `writesRefusedSince is set while writes are refused, and only then: ${keyOf(moment)}`;
  expect(writesRefusedSince(state) === null, what).toBe(takes);
}

function hasEnded({ state, atMs }: Moment): boolean {
  const { main, route, probe } = state.running;
  return decide(state, atMs).main.kind === 'end' && main === null && route === null && probe === null;
}

/** Also when who was silent is back: the other side is shut, taken away, or named as one that was given up as it is. */
function checkEnd(moment: Moment, start: string): void {
  const { state, world } = moment;
  const { source, target } = allBack(world);
  const open = [source, target].filter(({ tables }) => tables === 'open').length;
  const givenUp = state.loss !== null || state.completion?.kind === 'force' || (state.stop?.skip.length ?? 0) > 0;
  const what = `from ${start} to ${keyOf(moment)}`;
  if (givenUp && state.residuals.length > 0) expect(open, `P10: a side takes the writes: ${what}`).toBeGreaterThan(0);
  else expect(open, `P10: exactly one side takes the writes: ${what}`).toBe(1);
}

const begin = '<!-- made by test/lifecycle/move/dead-ends.test.ts, do not edit -->';
const end = '<!-- until here -->';

describe('every state of a move', () => {
  const moments = reachable().filter((moment) => !hasEnded(moment));

  it.each(fates)('leads to an end: source $source, target $target, router $router', (fate) => {
    expect(moments.length).toBeGreaterThan(1000);
    const known = new Set<string>();
    for (const one of moments) {
      // What an attempt came to is looked into every 10 s, so that the status is at most as old.
      const start = later({ ...one, world: suffering(one.world, fate) }, one.state.unresolved === null ? 0 : 10_000);
      const course = new Map<string, string>();
      let moment = start;
      for (let steps = 0; !known.has(keyOf(moment)) && !hasEnded(moment); steps += 1) {
        course.set(keyOf(moment), `${phaseOf(moment.state)}: ${nextStep(moment.state).sentence}`);
        if (steps > 60) expect.fail(`no end from ${keyOf(start)}:\n${[...course].slice(-8).join('\n')}`);
        moment = step(moment, fate);
      }
      if (hasEnded(moment)) checkEnd(moment, `${keyOf(start)}\n${[...course].map((x) => x.join()).join('\n')}`);
      for (const key of course.keys()) known.add(key);
    }
  });

  // Where this fails: `npx vitest run --project alone test/lifecycle/move/dead-ends.test.ts -u` writes the table anew.
  it.each(['docs/move-tables.md', 'docs/force-complete.md'])('has its row in %s', async (name) => {
    const path = resolve(import.meta.dirname, '../../..', name);
    const page = readFileSync(path, 'utf8');
    const [before, rest] = page.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`${name} has no place for the table`);
    const text = `${before}${begin}\n\n${wayOutTable(moments)}\n\n${end}${after}`;
    const formatted = await format(text, { ...(await resolveConfig(path)), parser: 'markdown' });
    await expect(formatted).toMatchFileSnapshot(path);
  });
});
