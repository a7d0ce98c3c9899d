/** What holds in every state near to the course of a move. */
import { describe, expect, it } from 'vitest';
import { moveCommandSchemas } from '../../../src/contract/move/commands.js';
import { moveCommandNames, type MoveCommand, type MoveCommandName } from '../../../src/lifecycle/move/command.js';
import { nextStep } from '../../../src/lifecycle/move/next-step.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import type { NamedCommand } from '../../../src/lifecycle/operation/next-step.js';
import { changed, expectSame, expectSameOutcome, heardOf, isPossible, type Heard } from '../operation/dry-runs.js';
import { expectToAgree } from '../operation/next-steps.js';
import { askedAt, command, optionsIn } from './driver.js';
import { answers, outage, probed } from './outcomes.js';
import { commands, nearMoments, walker, type MoveMoment } from './walk.js';

/** No command of the walk has it. */
const id = 77;

/** The same where nobody else waits for a probe. */
function quiet({ state, atMs }: MoveMoment): MoveMoment {
  return { state: { ...state, outbox: [], pending: [], running: { ...state.running, probe: null } }, atMs };
}

/** What a probe sees decides both; the dry run has its answer then, and nothing else has come of it. */
function expectSameAfterProbe(moment: MoveMoment, given: MoveCommand): void {
  const what = (): string => `${given.name} in ${JSON.stringify(moment.state)}`;
  for (const sight of [answers, { source: outage, target: null }, { source: null, target: outage }]) {
    const judged = (dryRun: boolean): MoveState => {
      const asked = walker.after(quiet(moment), { kind: 'command', command: { ...given, dryRun } });
      return walker.applied(asked, probed(sight)).state;
    };
    const [real, dry] = [judged(false), judged(true)];
    expectSame(heardOf(askedAt(moment.atMs), real, given), heardOf(askedAt(moment.atMs), dry, given), what);
    // What the probe has seen is kept; a reverse with a loss lapses where the target answers, whoever has asked, and the
    // end goes on that it took the place of.
    const { wish } = moment.state;
    const resumes = wish?.direction === 'reverse' && wish.completion !== undefined ? ['completion'] : [];
    const kept = ['running', 'unreachable', 'wish', ...resumes];
    const touched = changed(moment.state, dry).filter((name) => !kept.includes(name));
    if (touched.length > 0) expect.fail(`a dry run changes ${touched.join(', ')}: ${what()}`);
  }
}

/** Of a dry run, where a probe sees what the state knows. */
function heard(moment: MoveMoment, { name, input }: NamedCommand<MoveCommandName>, reason: string | null): Heard {
  const given = command(id, name, { ...optionsIn(input), dryRun: true }, reason);
  const still = quiet(moment);
  const first = heardOf(askedAt(moment.atMs), askedAt(moment.atMs).take(still.state, given), given);
  if (first !== 'probe') return first;
  const asked = walker.after(still, { kind: 'command', command: given });
  return heardOf(askedAt(moment.atMs), walker.applied(asked, probed(moment.state.unreachable)).state, given);
}

describe('in every state near to the course of a move', () => {
  const moments = nearMoments();

  it('a dry run changes nothing, and has the outcome of the real command', () => {
    const probes = new Set<string>();
    const plain = moveCommandNames.map((name) => [name, {}] as const);
    const limits = ['setThrottle', { throttle: { lagMsMax: 7 } }] as const;
    const all = [...commands, ...plain, limits].map(([name, options]) => command(id, name, options, 'because'));
    for (const moment of moments) {
      for (const given of all) {
        if (expectSameOutcome(askedAt(moment.atMs), moment.state, given) !== 'probe') continue;
        probes.add(given.name);
        expectSameAfterProbe(moment, given);
      }
    }
    expect([...probes].toSorted()).toEqual(['cancel', 'complete', 'forceComplete', 'reverseTraffic']);
  });

  it('the next command is possible, fits its schema, and is what the words name', () => {
    const named = new Set<string>();
    for (const moment of moments) {
      const next = nextStep(moment.state);
      expectToAgree(next, moveCommandSchemas);
      const call = next.command ?? next.possible;
      if (call === null) continue;
      const { name, input } = call;
      const [asItIs, withReason] = [heard(moment, call, null), heard(moment, call, 'because')];
      const what = `${name} is ${JSON.stringify(withReason)} in ${JSON.stringify(moment.state)}`;
      if (!isPossible(withReason)) expect.fail(what);
      // Only a person can say why.
      if (input['reason'] === '') expect(asItIs, name).toMatchObject({ code: 'REASON_MISSING' });
      else if (!isPossible(asItIs)) expect.fail(`${name} needs a reason`);
      if (next.command !== null) named.add(name);
    }
    const names = ['complete', 'forceComplete', 'launch', 'retry', 'reverseTraffic', 'switchTraffic', 'unpause'];
    expect([...named].toSorted()).toEqual(names);
  });
});
