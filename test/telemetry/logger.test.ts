import { describe, expect, it } from 'vitest';
import { createLogger, createReport, type LogSettings } from '../../src/telemetry/logger.js';

/** What is written, without its time. */
function written(settings: LogSettings, log: (logger: ReturnType<typeof createLogger>) => void): readonly string[] {
  const lines: string[] = [];
  log(createLogger(settings, (line) => lines.push(line)));
  return lines;
}

/** As the driver throws it: with the statement, and so with the values in it. */
const driverError = Object.assign(new Error('no', { cause: new TypeError('a cause') }), {
  sql: 'SELECT 4711',
  stack: '',
});

describe('a line as JSON', () => {
  it('is one line with its time, its level, its words and its facts', () => {
    const [line = '', ...more] = written({ level: 'info', format: 'json' }, (logger) =>
      logger.warn('Two\nlines', { kind: 'onlineDdl', failures: 2, nothing: null, big: 12n }),
    );
    expect(more).toEqual([]);
    expect(line).toMatch(/^[^\n]*\n$/);
    const { time, ...rest } = JSON.parse(line) as Record<string, unknown>;
    expect(Date.now() - Date.parse(String(time))).toBeLessThan(60_000);
    expect(rest).toEqual({
      level: 'warn',
      message: 'Two\nlines',
      kind: 'onlineDdl',
      failures: 2,
      nothing: null,
      big: '12',
    });
  });

  it('tells of an error its words and its cause, and not what else it holds', () => {
    const [line = ''] = written({ level: 'info', format: 'json' }, (logger) =>
      logger.error('Bad', { error: driverError }),
    );
    expect(line).not.toContain('4711');
    const { error } = JSON.parse(line) as { error: unknown };
    expect(error).toMatchObject({ name: 'Error', message: 'no', cause: { name: 'TypeError', message: 'a cause' } });
  });

  it('comes also of what holds itself', () => {
    const circle: Record<string, unknown> = {};
    circle['itself'] = circle;
    const [line = ''] = written({ level: 'info', format: 'json' }, (logger) => logger.info('Round', { circle }));
    expect(JSON.parse(line)).toEqual(expect.anything());
  });
});

describe('a line as text', () => {
  it('has its facts behind its words, those that are there', () => {
    const [line = ''] = written({ level: 'debug', format: 'text' }, (logger) =>
      logger.debug('Phase copying', { cluster: 'commerce', reason: 'for a while', nothing: null, error: driverError }),
    );
    expect(line).toMatch(
      /^\d{4}-\S+Z DEBUG Phase copying cluster=commerce reason="for a while" error=\{"name":"Error"/,
    );
    expect(line).not.toContain('4711');
  });
});

it.each(['json', 'text'] as const)('A line below the level is not written: %s', (format) => {
  const log = (logger: ReturnType<typeof createLogger>): void => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) logger[level]('word');
  };
  expect(written({ level: 'warn', format }, log)).toHaveLength(2);
  expect(written({ level: 'error', format }, log)).toHaveLength(1);
});

it('leaves out each try of the SDK’s while Temporal does not answer, but where all is asked for', () => {
  const log = (logger: ReturnType<typeof createLogger>): void => {
    logger.warn('gRPC call poll_activity_task_queue retried 6 times', {
      sdkComponent: 'core',
      target: 'temporalio_client::retry',
    });
    logger.warn('No workflows registered, not polling for workflow tasks', { sdkComponent: 'worker' });
    logger.warn('Something else of the core', { sdkComponent: 'core', target: 'temporalio_sdk_core::worker' });
  };
  const shown = (level: LogSettings['level']): number => written({ level, format: 'json' }, log).length;
  expect([shown('debug'), shown('info'), shown('error')]).toEqual([3, 1, 0]);
});

describe('what a process says of itself', () => {
  const said = (format: LogSettings['format']): readonly string[] => {
    const lines: string[] = [];
    const report = createReport({ format }, (line) => lines.push(line));
    report('worker ready: pid 1', 'info');
    report('CODE: it does not go.\nDo something.');
    return lines;
  };

  it('is as it is for people', () => {
    expect(said('text')).toEqual(['worker ready: pid 1\n', 'CODE: it does not go.\nDo something.\n']);
  });

  it('is a line of JSON for programs', () => {
    const lines = said('json').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(said('json').every((line) => /^[^\n]*\n$/.test(line))).toBe(true);
    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'worker ready: pid 1'],
      ['warn', 'CODE: it does not go.\nDo something.'],
    ]);
    expect(lines.every(({ time }) => Date.parse(String(time)) > 0)).toBe(true);
  });
});
