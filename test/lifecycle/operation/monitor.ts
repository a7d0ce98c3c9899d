/** What holds of every kind of operation, judged from outside; the numbers are those of src/lifecycle/operation/SPEC.md. */
import { expect } from 'vitest';
import type { OperationState } from '../../../src/lifecycle/operation/operation.js';
import type { Answer, Failure } from '../../../src/lifecycle/operation/state.js';

type State = OperationState & { readonly pending: readonly unknown[] };
type Ended = { readonly kind: string; readonly failure?: Failure; readonly cancelled?: boolean };

/** @param isVoid whether the point of no return was passed, which takes a stop back. */
export function expectKept(before: State, after: State, isVoid: boolean): void {
  expect(JSON.parse(JSON.stringify(after)), 'K7: plain JSON').toEqual(after);
  expect(after.grant, 'K1: the grant never goes back').toBeGreaterThanOrEqual(before.grant);
  if (before.stop !== null && !isVoid) expect(after.stop?.at, 'K8: the first stop counts').toBe(before.stop.at);
}

/** @param sent how many commands were given, and @param answered how many of them have an answer. */
export function expectAnswered({ pending }: State, sent: number, answered: number): void {
  expect(answered + pending.length, 'K4: every command is answered or waits').toBe(sent);
}

/** @param sentence of the next step. */
export function expectNotCalledWell({ retrying, trouble }: State, sentence: string): void {
  if (retrying !== null || trouble !== null) {
    expect(sentence, 'K13: what fails is not called well').not.toContain('Nothing');
  }
}

/** @param answer of the command that the next step names. */
export function expectPossible(name: string, phase: string, answer: Answer | undefined): void {
  expect(answer?.outcome ?? 'waits', `K9: ${name} is possible in ${phase}`).toMatch(/done|accepted|waits/);
}

/** After the end of what is no attempt. @param stopping whether it was asked to stop. */
export function expectSeen(state: State, ended: Ended, stopping: boolean): void {
  const fails = ended.kind === 'activityFailed' || (ended.kind === 'activityLost' && ended.cancelled !== true);
  if (!fails || stopping) return;
  const seen = state.retrying ?? state.trouble ?? state.stop;
  expect(seen ?? (state.closed || null), 'K13: a failure is seen').not.toBeNull();
}

/** After the end of what lasts: copying, following, watching. */
export function expectGoesOn({ stop, trouble }: State, after: State, { failure }: Ended): void {
  // Of an error of the server's own nobody knows that it passes.
  if (failure?.kind !== 'retryable' || failure.code === 'SERVER_ERROR') return;
  expect(after, 'K11: an error that passes ends nothing').toMatchObject({ stop, trouble });
}
