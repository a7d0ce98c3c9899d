import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../src/activities/operation/failure.js';
import { noteOrigin } from '../../../src/mysql/server/session/server-errors.js';
import { SwitchyardError } from '../../../src/errors/switchyard-error.js';

describe('what an activity throws to Temporal', () => {
  it('has no stack for an error of the catalogue, whose message says it all', () => {
    const failure = toFailure(new SwitchyardError('TABLE_BUSY', { table: 'shop.orders', owner: 'w1' }), 'commerce');
    expect(failure).toMatchObject({ type: 'TABLE_BUSY', nonRetryable: true, stack: '' });
  });

  it('names the cluster whose server the error came from, where work is on two', () => {
    const refused = Object.assign(new Error('log_bin_trust_function_creators'), { errno: 1419, code: 'ER_BINLOG' });
    const expected = (cluster: string): object => ({ details: [{ facts: { cluster, errno: 1419 } }] });
    expect(toFailure(refused, 'commerce')).toMatchObject(expected('commerce'));
    expect(toFailure(noteOrigin(refused, 'customer'), 'commerce')).toMatchObject(expected('customer'));
  });

  it('quotes nothing that a program could not read', () => {
    const secret = '078-05-1120';
    const reasons: readonly (() => unknown)[] = [
      () => JSON.parse(`{"ssn": ${secret}}`),
      () => JSON.parse(`"${secret}`),
      () => BigInt(secret),
      () => new Date(secret.repeat(9)).toISOString(),
      () => {
        throw new Error(`no column is called '${secret}'`);
      },
      () => {
        throw secret;
      },
    ];
    for (const reason of reasons) {
      const failure = toFailure(reasonOf(reason), 'commerce');
      expect(failure).toMatchObject({ type: 'UNEXPECTED' });
      expect(JSON.stringify([failure, failure.message, failure.stack])).not.toContain(secret);
    }
  });

  it('has one for an error that nobody expected', () => {
    const failure = toFailure(new TypeError('no such thing'), 'commerce');
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type: 'UNEXPECTED', message: expect.stringContaining('no such thing') as string });
    expect(failure.stack).toContain('failure.ts');
  });
});

function reasonOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
