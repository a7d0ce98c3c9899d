/** What holds of the next step of any kind of operation. */
import { expect } from 'vitest';
import type { ZodType } from 'zod';
import { decodePayload } from '../../../src/contract/decode.js';
import type { NextStep } from '../../../src/lifecycle/operation/next-step.js';

/** The words and the command come from one place, and the command is one that can be sent. */
export function expectToAgree<Name extends string>(
  { sentence, command, possible }: NextStep<Name>,
  schemas: Readonly<Record<Name, ZodType>>,
): void {
  expect(sentence.startsWith('Nothing'), sentence).toBe(command === null);
  const named = command ?? possible;
  if (named === null) return;
  if (!new RegExp(`\\b${named.name}\\b`).test(sentence)) expect.fail(`${named.name} is not named: ${sentence}`);
  if (!decodePayload(schemas[named.name], named.input).fits)
    expect.fail(`${named.name} ${JSON.stringify(named.input)}`);
}
