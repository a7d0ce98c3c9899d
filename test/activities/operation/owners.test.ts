import { expect, it } from 'vitest';
import { isClosed } from '../../../src/activities/operation/owners.js';

it.each(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'])(
  'a workflow is closed once it is %s',
  (name) => {
    expect(isClosed(name)).toBe(true);
  },
);

it.each(['RUNNING', 'PAUSED', 'CONTINUED_AS_NEW', 'UNSPECIFIED', 'UNKNOWN', 'OF_A_LATER_SERVER', ''])(
  'a workflow is open, or taken for it, as long as it is "%s"',
  (name) => expect(isClosed(name)).toBe(false),
);
