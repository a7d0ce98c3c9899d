import { describe, expect, it } from 'vitest';
import { moveTerms, parseMoveTablesInput } from '../../../src/activities/move/parse-input.js';
import { cutOverBackoffMsDefault } from '../../../src/limits/activities.js';
import { throttleExamples } from '../../support/throttle-examples.js';

const plain = {
  name: 'orders-to-eu',
  source: { cluster: 'commerce', database: 'shop' },
  target: { cluster: 'commerce_eu', database: 'shop' },
  tables: ['orders'],
};
const { tables: _tables, ...withoutTables } = plain;

function invalidFor(problem: string): Error {
  const message = expect.stringContaining(problem) as string;
  return expect.objectContaining({ code: 'INVALID_INPUT', message }) as Error;
}

describe('the input of moveTables', () => {
  it('has a default for everything that is left out', () => {
    expect(moveTerms(parseMoveTablesInput(plain), ['orders'])).toEqual({
      tables: ['orders'],
      postponeLaunch: false,
      verifyBeforeSwitch: true,
      verifyAgain: { everyMs: 3_600_000, timeShareMax: 0.25 },
      reverseReplication: true,
      autoSwitch: false,
      autoComplete: false,
      switch: { lockTimeoutMs: 1_000, drainTimeoutMs: 2_000, maxAttempts: 10, backoffMs: cutOverBackoffMsDefault },
      throttle: {},
    });
  });

  it('takes every option', () => {
    const options = {
      ...{ postponeLaunch: true, autoSwitch: true, autoComplete: true, reverseReplication: false },
      ...{ verifyBeforeSwitch: false, sourceTables: 'drop', deferSecondaryIndexes: false },
      json: 'exact',
      switch: { lockTimeoutMs: 500, drainTimeoutMs: 900, maxAttempts: 3, backoffMs: [0, 1_000] },
      throttle: { ...throttleExamples, lagMsMax: null },
    };
    const input = parseMoveTablesInput({ ...withoutTables, allTables: true, excludeTables: ['log'], options });
    expect(moveTerms(input, ['orders'])).toMatchObject({
      ...{ postponeLaunch: true, autoSwitch: true, autoComplete: true, reverseReplication: false },
      ...{ verifyBeforeSwitch: false, switch: options.switch, throttle: options.throttle },
    });
    expect(input.options).toMatchObject({ sourceTables: 'drop', deferSecondaryIndexes: false });
  });

  it.each([
    ['name is missing', { ...plain, name: undefined }],
    ['name has to be at most 64 letters, digits', { ...plain, name: 'orders to eu' }],
    ['source.database is empty', { ...plain, source: { cluster: 'commerce', database: '' } }],
    ['source has no field "databse"', { ...plain, source: { ...plain.source, databse: 'shop' } }],
    ['there is no field "table"; there are: name, source', { ...plain, table: 'orders' }],
    ['options has no field "autoswitch"', { ...plain, options: { autoswitch: true } }],
    ['options.sourceTables has to be "rename", "drop" or "keep"', { ...plain, options: { sourceTables: 'no' } }],
    [
      'options.switch.drainTimeoutMs has to be at least 100 milli',
      { ...plain, options: { switch: { drainTimeoutMs: 1 } } },
    ],
    ['tables is an empty list', { ...plain, tables: [] }],
    ['tables is missing; name them, or say "allTables": true', withoutTables],
    ['tables is missing', { ...withoutTables, allTables: false }],
    ['tables and allTables exclude each other', { ...plain, allTables: true }],
    ['excludeTables needs "allTables": true', { ...plain, excludeTables: ['log'] }],
    ['tables names "orders" twice', { ...plain, tables: ['orders', 'customer', 'orders'] }],
    ['source and target are the same', { ...plain, target: plain.source }],
    ['it is missing', undefined],
    ['it has to be an object', 'orders'],
  ])('is refused in one sentence: %s', (problem, input) => {
    expect(() => parseMoveTablesInput(input)).toThrow(invalidFor(problem));
  });

  it.each([
    ['options.switch.window[0].from has to be a time of the day such as "02:00"', { from: '2 am', to: '04:00' }],
    ['options.switch.window[0].to is missing', { from: '02:00' }],
    ['options.switch.window[0].days[0] has to be "mon", "tue"', { from: '02:00', to: '04:00', days: ['monday'] }],
    ['time zone "Middle/Earth", which there is not', { from: '02:00', to: '04:00', timeZone: 'Middle/Earth' }],
    ['options.switch.window[0] has to be an object with fields', 'nights'],
  ])('says what is wrong with a window: %s', (problem, window) => {
    expect(() => parseMoveTablesInput({ ...plain, options: { switch: { window } } })).toThrow(invalidFor(problem));
  });

  it('takes one window as a list of one', () => {
    const window = { from: '22:00', to: '04:00', days: ['sat'], timeZone: 'Europe/Berlin' };
    const input = parseMoveTablesInput({ ...plain, options: { switch: { window } } });
    expect(moveTerms(input, ['orders']).switch.window).toEqual([window]);
  });

  it.each([
    [{ router: 'table' }, 'The option router (the configuration of the worker names the router)'],
    [{ switch: { backoff: '1s' } }, 'The option switch.backoff (switch.backoffMs is)'],
  ])('names what is not built: %j', (options, what) => {
    const refused = expect.objectContaining({
      code: 'NOT_BUILT_YET',
      message: `${what} is not built yet.`,
    }) as Error;
    expect(() => parseMoveTablesInput({ ...plain, options })).toThrow(refused);
  });
});
