import { describe, expect, it } from 'vitest';
import { createLogger, type LogSettings } from '../../src/telemetry/logger.js';

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
