/** What a plan ends a CI job with. */
import { expect, it } from 'vitest';
import { exitCodes } from '../../src/cli/ends.js';
import { endOf } from '../../src/cli/verbs/plan.js';
import type { StatementPlan } from '../../src/domain/statement-plan.js';
import { plan } from '../domain/plan.js';

it('a plan ends well unless something is refused, or taken away without a word', () => {
  const [destructive, refused] = plan.statements;
  const of = (...statements: readonly (StatementPlan | undefined)[]) => ({
    ...plan,
    statements: statements.filter((one) => one !== undefined),
  });
  const harmless = destructive && { ...destructive, losses: [] };
  expect(endOf(of(harmless), false)).toBe(exitCodes.done);
  expect(endOf(of(harmless, destructive), false)).toBe(exitCodes.refused);
  expect(endOf(of(harmless, destructive), true)).toBe(exitCodes.done);
  expect(endOf(of(refused), true)).toBe(exitCodes.refused);
});
