/** An error is raised with the facts that its texts name, no fewer and no others. The types hold it: `npm run types`. */
import { expect, test } from 'vitest';
import { catalogue, SwitchyardError } from '../../src/errors/switchyard-error.js';

test('The facts of an error are filled in', () => {
  const error = new SwitchyardError('SERVER_TOO_OLD', { cluster: 'commerce', version: '5.7', needed: '8.0.28' });
  expect(error.message).toBe('Cluster commerce runs MySQL 5.7; at least 8.0.28 is needed.');
  const listed = new SwitchyardError('MISSING_PRIVILEGES', {
    account: 'a',
    cluster: 'c',
    missing: ['SELECT', 'INSERT'],
    statements: 'GRANT …;',
  });
  expect(listed.message).toContain('lacks privileges on cluster c: SELECT, INSERT.');
  expect(listed.remedy).toContain('Run as an administrator: GRANT …;');
});

test('Missing and superfluous facts do not compile', () => {
  const facts = { cluster: 'commerce', version: '5.7', needed: '8.0.28' };
  const others = { problem: 'p' };
  expect([
    // @ts-expect-error: `needed` is missing
    new SwitchyardError('SERVER_TOO_OLD', { cluster: 'commerce', version: '5.7' }),
    // @ts-expect-error: may be undefined
    new SwitchyardError('BINLOG_OFF', { cluster: ['commerce'].pop() }),
    // @ts-expect-error: a fact of the remedy is missing
    new SwitchyardError('DURABILITY_TOO_LOW', { cluster: 'commerce', settings: 's' }),
    // @ts-expect-error: a fact that no text has is missing, which is declared
    new SwitchyardError('STATEMENT_REFUSED', { problem: 'p' }),
    // @ts-expect-error: no text has `host`, and it is not declared
    new SwitchyardError('BINLOG_OFF', { cluster: 'commerce', host: 'h' }),
    // @ts-expect-error: superfluous, although not written here
    new SwitchyardError('SERVER_TOO_OLD', { ...facts, ...others }),
    // @ts-expect-error: this error has none
    new SwitchyardError('SERVERS_ANSWER', { problem: 'p' }),
    // @ts-expect-error: which error it is is not known, so neither are its facts
    new SwitchyardError(Object.keys(catalogue)[0] as keyof typeof catalogue, facts),
    new SwitchyardError('SERVER_TOO_OLD', facts),
    new SwitchyardError('SERVERS_ANSWER', {}),
    // Braces around an example in a text are no fact.
    new SwitchyardError('NO_ROUTER', {}),
  ]).toHaveLength(11);
});
