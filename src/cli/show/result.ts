/** How an operation has ended, in a few lines. */
import type { OnlineDdlResult } from '../../contract/migration/input.js';
import type { MoveTablesResult } from '../../contract/move/input.js';
import type { WriteLatency } from '../../domain/write-latency.js';
import { count, durationWords } from './numbers.js';

type AnyResult = OnlineDdlResult | MoveTablesResult;

export function resultLines(result: AnyResult): readonly string[] {
  const { outcome, rowsCopied, verified, attempts, blockedMs, notCompared, writeLatency } = result;
  if (outcome === 'cancelled') return ['cancelled: what it made is removed.', ...residualLines(result)];
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  return [
    `completed: ${count(rowsCopied)} rows copied, ${verified ? 'verified' : 'not verified'}; writes waited ${durationWords(blockedMs)}; ${tries}.`,
    ...notCompared.map((what) => `Not compared: ${what}`),
    ...writeLatency.flatMap(latencyLines),
    ...keptLines(result),
    ...residualLines(result),
  ];
}

function latencyLines({ cluster, before, during }: WriteLatency): readonly string[] {
  if (before === null || during === null) return [];
  const p99 = `${durationWords(before.p99Ms)} before it, ${durationWords(during.p99Ms)} during it`;
  return [`A small write on ${cluster} took, 99 of 100 times, at most ${p99}.`];
}

function keptLines(result: AnyResult): readonly string[] {
  if ('retainedTable' in result) {
    return result.retainedTable === null ? [] : [`The old table is kept for a while as ${result.retainedTable}.`];
  }
  const [first, ...more] = result.retained;
  if (first === undefined) return [];
  const others = more.length === 0 ? '' : `, and ${more.length} more`;
  return [`Kept for a while on ${first.cluster}: ${first.database}.${first.table} (${first.of})${others}.`];
}

function residualLines(result: AnyResult): readonly string[] {
  const left = 'residuals' in result ? result.residuals : (result.leftBehind ?? []);
  return left.map((what) => `Stays behind: ${what}`);
}
