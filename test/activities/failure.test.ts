import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../src/activities/failure.js';
import { SwitchyardError } from '../../src/errors/switchyard-error.js';

describe('what an activity throws to Temporal', () => {
  it('has no stack for an error of the catalogue, whose message says it all', () => {
    const failure = toFailure(new SwitchyardError('TABLE_BUSY', { table: 'shop.orders', owner: 'w1' }), 'commerce');
    expect(failure).toMatchObject({ type: 'TABLE_BUSY', nonRetryable: true, stack: '' });
  });

  it('has one for an error that nobody expected', () => {
    const failure = toFailure(new TypeError('no such thing'), 'commerce');
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'UNEXPECTED', message: expect.stringContaining('no such thing') as string });
    expect(failure.stack).toContain('failure.ts');
  });
});
