/** Every command of the contract is a verb, with a flag for each of its fields; what is typed is what is sent. */
import { describe, expect, it } from 'vitest';
import { commandSchemas, commandVerbs, fieldsOf } from '../../src/cli/flags/commands.js';
import type { OperationHandle } from '../../src/cli/find.js';
import type { SwitchyardClient } from '../../src/client/switchyard-client.js';
import { onlineDdlCommandNames } from '../../src/contract/migration/commands.js';
import type { CommandAnswer } from '../../src/contract/operation/commands.js';
import { tableCleanupCommandSchemas } from '../../src/contract/retained-table.js';
import { moveCommandNames } from '../../src/lifecycle/move/command.js';
import { switchyard, type Surroundings } from '../support/cli.js';

const schemas: readonly Readonly<Record<string, Parameters<typeof fieldsOf>[0]>>[] = Object.values(commandSchemas);
const at = '2026-11-30T07:00:00.000Z';

/** An operation that answers each command so. */
function answering(
  outcome: CommandAnswer['outcome'],
  {
    kind = 'moveTables',
    workflowId = 'move-tables/orders',
  }: Partial<Pick<OperationHandle, 'kind' | 'workflowId'>> = {},
): { readonly sent: [string, object][]; readonly client: Partial<SwitchyardClient> } {
  const sent: [string, object][] = [];
  const handle = {
    ...{ kind, workflowId },
    command(name: string, input: object) {
      sent.push([name, input]);
      const code = { done: 'OK', accepted: 'OK', refused: 'COMMAND_NOT_ALLOWED', tooLate: 'COMMAND_TOO_LATE' }[outcome];
      return Promise.resolve({ outcome, code, message: 'So it is.', at });
    },
  };
  return { sent, client: { operation: () => Promise.resolve(handle as unknown as OperationHandle) } };
}

describe('the verbs', () => {
  it('are all commands of all kinds, each once', () => {
    const all = [...onlineDdlCommandNames, ...moveCommandNames, ...Object.keys(tableCleanupCommandSchemas)];
    expect(commandVerbs.map(({ command }) => command).toSorted()).toEqual([...new Set(all)].toSorted());
    expect(new Set(commandVerbs.map(({ verb }) => verb)).size).toBe(commandVerbs.length);
  });

  it.each(commandVerbs)('$verb has a flag for each field, and says what it does', ({ command, flags, about }) => {
    const fields = new Set(schemas.flatMap((some) => (some[command] === undefined ? [] : fieldsOf(some[command]))));
    // Taken only to be refused by name.
    fields.delete('forceAfter');
    expect(flags.map(({ path }) => path.join('.')).toSorted()).toEqual([...fields].toSorted());
    expect(about.length).toBeGreaterThan(10);
  });
});

describe('what is typed', () => {
  it.each([
    [['switch', '--reads', '--reason', 'slow'], 'switchTraffic', { reads: true, reason: 'slow' }],
    [['reverse'], 'reverseTraffic', {}],
    [
      ['set-limits', '--lock-timeout-ms', '500', '--backoff-ms', '0,100', '--max-attempts', '3'],
      'setLimits',
      { lockTimeoutMs: 500, backoffMs: [0, 100], maxAttempts: 3 },
    ],
    [
      ['set-limits', '--window', '22:00-04:00 fri,sat Europe/Berlin ends', '--window', '12:00-13:00'],
      'setLimits',
      {
        window: [
          { from: '22:00', to: '04:00', days: ['fri', 'sat'], timeZone: 'Europe/Berlin', ends: true },
          { from: '12:00', to: '13:00' },
        ],
      },
    ],
    [['set-limits', '--window', 'none'], 'setLimits', { window: null }],
    [
      ['set-throttle', '--lag-ms-max', 'none', '--rows-per-second-max', '5000', '--write-latency-ms-max', 'auto'],
      'setThrottle',
      { lagMsMax: null, rowsPerSecondMax: 5000, writeLatencyMsMax: 'auto' },
    ],
    [
      ['set-throttle', '--query', '{"select":"SELECT 1","max":2}'],
      'setThrottle',
      { query: { select: 'SELECT 1', max: 2 } },
    ],
    [
      ['force-complete', '--components', 'streams,fences', '--yes'],
      'forceComplete',
      { components: ['streams', 'fences'] },
    ],
    [['pause', '--dry-run', '--by', 'bob'], 'pause', { dryRun: true, by: 'bob' }],
  ] as const)('%j is sent', async ([verb, ...flags], command, input) => {
    const { sent, client } = answering('done');
    const { code, out } = await switchyard([verb, 'orders', ...flags], { client });
    expect(sent).toEqual([[command, input]]);
    expect([code, out]).toEqual([0, 'done: So it is.\n']);
  });

  it.each([
    ['done', 0],
    ['accepted', 0],
    ['refused', 3],
    ['tooLate', 4],
  ] as const)('ends, where the answer is %s, with %i', async (outcome, wanted) => {
    const { client } = answering(outcome);
    const { code, json } = await switchyard(['pause', 'orders', '--json'], { client });
    expect(code).toBe(wanted);
    expect(json).toEqual([
      expect.objectContaining({
        ...{
          version: 1,
          kind: 'answer',
          workflowId: 'move-tables/orders',
          command: 'pause',
          outcome,
          message: 'So it is.',
        },
      }),
    ]);
  });

  it('is refused in the words of the command line, and nothing is sent', async () => {
    const { sent, client } = answering('done');
    const low = await switchyard(['set-limits', 'orders', '--lock-timeout-ms', '5'], { client });
    expect(low).toMatchObject({
      code: 2,
      err: 'set-limits: --lock-timeout-ms has to be at least 50 milliseconds.\n',
    });
    const none = await switchyard(['set-limits', 'orders', '--max-attempts', 'many'], { client });
    expect(none.code).toBe(2);
    expect(none.err).toMatch(/^Option '--max-attempts <number>' argument 'many' is invalid. It has to be a number\./);
    const strange = await switchyard(['postpone', 'orders'], { client });
    expect(strange).toMatchObject({
      code: 2,
      err: 'postpone is for onlineDdl; move-tables/orders is of type moveTables.\n',
    });
    expect(sent).toEqual([]);
  });
});

describe('what cannot be taken back', () => {
  const ask = (words: readonly string[], around: Surroundings = {}) => {
    const { sent, client } = answering('accepted');
    return switchyard(words, { client, ...around }).then((said) => ({ ...said, sent: sent.length }));
  };

  it.each([
    [['force-complete', 'orders'], 'orders'],
    [['reverse', 'orders', '--accept-loss'], 'orders'],
    [['cancel', 'orders'], 'yes'],
  ] as const)('%j asks for "%s"', async (words, word) => {
    expect(await ask(words, { answers: [word] })).toMatchObject({ code: 0, sent: 1 });
    const other = await ask(words, { answers: ['y'] });
    expect(other).toMatchObject({ code: 2, sent: 0, err: expect.stringContaining(`Type ${word} to go on`) as string });
    const alone = await ask(words);
    expect(alone).toMatchObject({ code: 2, sent: 0, err: expect.stringContaining('say --yes') as string });
    expect(await ask([...words, '--yes'])).toMatchObject({ code: 0, sent: 1 });
    expect(await ask([...words, '--dry-run'])).toMatchObject({ code: 0, sent: 1 });
  });

  it('needs no agreement where it can', async () => {
    expect(await ask(['pause', 'orders'])).toMatchObject({ code: 0, sent: 1, err: '' });
  });
});
