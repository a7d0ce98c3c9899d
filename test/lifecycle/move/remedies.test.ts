import { describe, expect, it } from 'vitest';
import type { MainActivity } from '../../../src/lifecycle/move/activity.js';
import { catalogue } from '../../../src/errors/switchyard-error.js';
import { anyTrouble, failing } from '../../../src/lifecycle/move/facts.js';
import { move } from '../../../src/lifecycle/move/kind.js';
import { nextStep } from '../../../src/lifecycle/move/next-step.js';
import type { MoveState } from '../../../src/lifecycle/move/state.js';
import { failedAgain } from '../../../src/lifecycle/operation/retrying.js';
import type { Failure } from '../../../src/lifecycle/operation/state.js';
import { startMs } from '../operation/driver.js';
import { inFollowing, inSwitched } from './histories.js';

/** Every error there is: which of them can come up where is not told from the catalogue. */
const errors = Object.entries(catalogue).map(([code, { kind, remedy }]): [string, Failure] => [
  code,
  { code, kind, message: `${code} has happened.`, remedy, facts: {} },
]);

describe('the remedy of an error', () => {
  it.each(errors)('%s claims nothing of the source once the target has the writes', (_code, failure) => {
    const { state } = inSwitched();
    const retrying = failedAgain<MainActivity>(null, { kind: 'followReverse', throttleRevision: 0 }, failure, startMs);
    const shown = (one: MoveState): readonly (string | undefined)[] => [
      anyTrouble(one)?.remedy,
      failing(one)?.retrying.last.remedy,
      nextStep(one).sentence,
    ];
    for (const remedy of [...shown({ ...state, trouble: failure }), ...shown({ ...state, retrying })]) {
      expect(remedy ?? '').not.toMatch(/original table|start again/i);
    }
  });

  it.each(errors)('%s does not call the source untouched once it got the writes back', (_code, failure) => {
    const state: MoveState = { ...inFollowing().state, reversedAt: '2026-11-30T06:00:00.000Z' };
    expect(anyTrouble({ ...state, trouble: failure })?.remedy).not.toContain('untouched');
    const { stop } = move.stopped(state, { kind: 'failed', failure, at: '2026-11-30T06:00:01.000Z' });
    expect(stop?.kind === 'failed' ? stop.failure.remedy : 'untouched').not.toContain('untouched');
  });
});
