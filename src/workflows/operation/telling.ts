/**
 * Tells the news of an operation to the log and to the metrics (P11), one line and one count for each. Neither is told
 * again in a replay.
 */
import { log, metricMeter } from '@temporalio/workflow';
import { measure, operationMetrics as metrics, unknownCluster } from '../../contract/operation/metrics.js';
import type { OperationKind } from '../../domain/residual.js';
import type { News } from '../../lifecycle/operation/news.js';

/** Whose news they are. */
export interface Subject {
  readonly kind: OperationKind | 'tableCleanup';
  /** What people call it. */
  readonly operation: string;
  /** Where its tables are, or come from; null before the preparation. */
  readonly cluster: string | null;
  readonly operationId: string | null;
}

type Level = 'info' | 'warn' | 'error';

export function tell(news: readonly News[], subject: Subject): void {
  for (const one of news) {
    logged(one, subject);
    counted(one, subject);
  }
}

function logged(one: News, subject: Subject): void {
  const [level, message, more] = lineOf(one);
  log[level](message, { ...subject, ...more });
}

/** What a person reads of it: no statements and no values (P8). */
function lineOf(news: News): readonly [Level, string, Readonly<Record<string, unknown>>] {
  const { kind: _kind, ...more } = news;
  switch (news.kind) {
    case 'phaseChanged':
      return ['info', `Phase ${news.to}`, { from: news.from, phase: news.to }];
    case 'answered': {
      const { command, via, by, reason, answer } = news.entry;
      const { outcome, code, message } = answer;
      return ['info', `Command ${command}: ${outcome}`, { command, via, by, reason, outcome, code, answer: message }];
    }
    case 'attemptEnded':
      return ['info', `An attempt has ended: ${news.outcome}`, more];
    case 'switched':
      return ['info', 'Switched', more];
    case 'reversed':
      return ['info', 'Switched back', more];
    case 'postponedBySystem':
      return ['warn', 'All attempts are used up: held back until a person lets it go on', more];
    case 'needsOperator':
      return [
        'error',
        'Work has failed and waits for a person',
        { code: news.code, problem: news.message, ...remedy(news) },
      ];
    case 'retrying': {
      const { since, failures, code, message: problem, nextAt } = news;
      return ['warn', 'Work has failed and is tried again', { code, problem, since, failures, nextAt }];
    }
    case 'worksAgain':
      return ['info', 'What has failed works again', more];
    case 'waits':
      return ['warn', 'Work waits', more];
    case 'writesRefused':
      return ['error', 'Neither side takes the writes, as far as anybody can tell', more];
    case 'writesTaken':
      return ['info', 'Writes are taken again', more];
    case 'completed':
      return ['info', 'Completed', more];
    case 'cancelled':
      return ['info', 'Cancelled', more];
    case 'failed': {
      const { code, message: problem } = news.failure;
      return ['error', 'Failed', { code, problem, ...remedy(news.failure) }];
    }
  }
}

function remedy({ remedy: text }: { readonly remedy: string }): { readonly remedy?: string } {
  return text === '' ? {} : { remedy: text };
}

function counted(news: News, { kind, cluster }: Subject): void {
  const labels = { kind, cluster: cluster ?? unknownCluster };
  switch (news.kind) {
    case 'phaseChanged':
      return measure(metricMeter, metrics.phaseChanges, 1, { ...labels, phase: news.to });
    case 'answered': {
      const { command, answer } = news.entry;
      const known = answer.code === 'UNKNOWN_COMMAND' ? 'unknown' : command;
      return measure(metricMeter, metrics.commands, 1, { ...labels, command: known, outcome: answer.outcome });
    }
    case 'attemptEnded':
      measure(metricMeter, metrics.attempts, 1, { ...labels, outcome: news.outcome });
      if (news.blockedMs !== null) measure(metricMeter, metrics.blocked, news.blockedMs / 1_000, labels);
      return;
    case 'switched':
      return measure(metricMeter, metrics.switches, 1, { ...labels, direction: 'forward' });
    case 'reversed':
      return measure(metricMeter, metrics.switches, 1, { ...labels, direction: 'reverse' });
    case 'postponedBySystem':
      return measure(metricMeter, metrics.postponedBySystem, 1, labels);
    case 'needsOperator':
      return measure(metricMeter, metrics.needsOperator, 1, labels);
    case 'retrying':
      return measure(metricMeter, metrics.retries, 1, labels);
    case 'waits':
      return measure(metricMeter, metrics.waits, 1, labels);
    case 'writesRefused':
      return measure(metricMeter, metrics.writesRefused, 1, labels);
    case 'completed':
    case 'cancelled':
    case 'failed':
      return measure(metricMeter, metrics.ended, 1, { ...labels, outcome: news.kind });
    case 'worksAgain':
    case 'writesTaken':
      return;
  }
}
