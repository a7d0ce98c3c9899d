/** The log of a worker: one line for each thing, as text for people or as JSON for programs. */
import { inspect } from 'node:util';
import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';

export interface LogSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly format: 'text' | 'json';
}

const levels = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;

/** @param write gets whole lines. */
export function createLogger({ level, format }: LogSettings, write: (line: string) => void): Logger {
  const lineOf = format === 'json' ? jsonLine : textLine;
  return new DefaultLogger(levels[level], (entry) => {
    if (level === 'debug' || !isNoise(entry)) write(`${lineOf(entry)}\n`);
  });
}

/**
 * What the SDK warns of and nobody has to know: each try of each call while Temporal does not answer, some a second, which
 * is told once when it begins and once when it ends (src/temporal/watch.ts); and that the queues for activities run no
 * workflows.
 */
function isNoise({ message, meta }: LogEntry): boolean {
  if (meta?.['sdkComponent'] === 'core') return meta['target'] === 'temporalio_client::retry';
  return meta?.['sdkComponent'] === 'worker' && /^No \w+ (services )?registered, not polling/.test(message);
}

/**
 * What a process says of itself: that it is ready, and why it is not. Whatever the level of the log is, since somebody or
 * something waits for it, and in text without a time, since they may be all that a person sees of it.
 */
export function createReport(
  { format }: Pick<LogSettings, 'format'>,
  write: (line: string) => void,
): (line: string, level?: Exclude<LogSettings['level'], 'debug'>) => void {
  if (format === 'text') return (message) => write(`${message}\n`);
  return (message, level = 'warn') => write(`${jsonOf({ time: new Date().toISOString(), level, message })}\n`);
}

function jsonLine(entry: LogEntry): string {
  const { level, message, meta = {} } = entry;
  return jsonOf({ time: timeOf(entry), level: level.toLowerCase(), message, ...meta });
}

function textLine(entry: LogEntry): string {
  const facts = Object.entries(entry.meta ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(
      ([name, value]) => ` ${name}=${typeof value === 'string' && /^[\w./:@+-]+$/.test(value) ? value : jsonOf(value)}`,
    );
  return `${timeOf(entry)} ${entry.level} ${entry.message}${facts.join('')}`;
}

function timeOf({ timestampNanos }: LogEntry): string {
  return new Date(Number(timestampNanos / 1_000_000n)).toISOString();
}

/** Never throws, and has no line breaks. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, plain) ?? 'null';
  } catch {
    // Something of the SDK's that holds itself.
    return JSON.stringify(inspect(value, { depth: 1, breakLength: Infinity }));
  }
}

/**
 * Errors of drivers and libraries have fields that nobody has looked through, such as the statement with its values: what
 * is told of an error is chosen (P8).
 */
function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  const { type } = value as { readonly type?: unknown };
  return {
    name,
    message,
    ...(typeof type === 'string' ? { type } : {}),
    ...(stack === undefined || stack === '' ? {} : { stack }),
    ...(cause instanceof Error ? { cause } : {}),
  };
}
