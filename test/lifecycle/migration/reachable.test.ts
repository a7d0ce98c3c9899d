/** What holds in every state that a migration can come to. */
import { describe, expect, it } from 'vitest';
import { onlineDdlCommandSchemas } from '../../../src/contract/migration/commands.js';
import { commandNames } from '../../../src/lifecycle/migration/command.js';
import { nextStep } from '../../../src/lifecycle/migration/next-step.js';
import { expectSameOutcome, heardOf, isPossible } from '../operation/dry-runs.js';
import { expectToAgree } from '../operation/next-steps.js';
import { askedAt, command } from './driver.js';
import { allMoments } from './walk.js';

/** No command of the walk has it. */
const id = 77;

const commands = [
  ...commandNames.map((name) => command(id, name, { reason: 'because' })),
  command(id, 'setLimits', { limits: { maxAttempts: 7 } }),
  command(id, 'resume', { ignoreWindow: true }),
  command(id, 'setThrottle', { throttle: { lagMsMax: 7 } }),
];

describe('in every state of a migration', () => {
  const moments = allMoments();

  it('a dry run changes nothing, and has the outcome of the real command', () => {
    expect(moments.length).toBeGreaterThan(500);
    for (const moment of moments) {
      for (const given of commands) expectSameOutcome(askedAt(moment.atMs), moment.state, given);
    }
  });

  it('the next command is possible, fits its schema, and is what the words name', () => {
    const named = new Set<string>();
    for (const moment of moments) {
      const { state, atMs } = moment;
      const next = nextStep(state);
      expectToAgree(next, onlineDdlCommandSchemas);
      const { name } = next.command ?? next.possible ?? {};
      if (name === undefined) continue;
      const given = command(id, name, { dryRun: true });
      const heard = heardOf(askedAt(atMs), askedAt(atMs).take({ ...state, outbox: [] }, given), given);
      if (!isPossible(heard)) expect.fail(`${name} is ${JSON.stringify(heard)} in ${JSON.stringify(state)}`);
      if (next.command !== null) named.add(name);
    }
    expect([...named].toSorted()).toEqual(['launch', 'resume', 'retry', 'unpause']);
  });
});
