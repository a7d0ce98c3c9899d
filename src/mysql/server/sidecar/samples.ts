/**
 * How the work of an operation went over time: one row for each stage, with a series of samples that stays small however
 * long it goes on (domain/samples.ts). For people; nothing is decided by it.
 */
import { sampledStages, type SampledSeries, type SampledStage } from '../../../domain/samples.js';
import type { Session } from '../session/session.js';

/** A row, as JSON: numbers only but for the names of clusters. Times are seconds since the first of them. */
interface StoredSeries extends Pick<SampledSeries, 'clusters' | 'spacingMs'> {
  readonly fromMs: number;
  readonly samples: readonly (readonly (number | null)[])[];
}

/** In the order of the stages; none where nothing was kept. */
export async function loadSamples(session: Session, operationId: string): Promise<readonly SampledSeries[]> {
  const rows = await session.rows<{ stage: SampledStage; series: string }>(
    'SELECT stage, series FROM _switchyard.samples WHERE operation_id = ?',
    [operationId],
  );
  return sampledStages.flatMap((stage) =>
    rows.filter((row) => row.stage === stage).map(({ series }) => ({ stage, ...parsed(series) })),
  );
}

/** Keeps the series of one stage instead of what there was; part of the caller's fenced transaction. */
export async function saveSamples(session: Session, operationId: string, series: SampledSeries): Promise<void> {
  await session.run(
    `INSERT INTO _switchyard.samples (operation_id, stage, series, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(6))
     ON DUPLICATE KEY UPDATE series = VALUES(series), updated_at = VALUES(updated_at)`,
    [operationId, series.stage, textOf(series)],
  );
}

function parsed(text: string): Omit<SampledSeries, 'stage'> {
  const { clusters, spacingMs, fromMs, samples } = JSON.parse(text) as StoredSeries;
  return {
    ...{ clusters, spacingMs },
    samples: samples.map(([seconds = 0, rows = null, lagMs = null, ...slowestWriteMs]) => ({
      ...{ atMs: fromMs + Math.round((seconds ?? 0) * 1_000), rows, lagMs, slowestWriteMs },
    })),
  };
}

function textOf({ clusters, spacingMs, samples }: SampledSeries): string {
  const fromMs = samples[0]?.atMs ?? 0;
  const stored: StoredSeries = {
    ...{ clusters, spacingMs, fromMs },
    samples: samples.map(({ atMs, rows, lagMs, slowestWriteMs }) => [
      ...[rounded((atMs - fromMs) / 1_000), rows, lagMs === null ? null : Math.round(lagMs)],
      ...slowestWriteMs.map((ms) => (ms === null ? null : rounded(ms))),
    ]),
  };
  return JSON.stringify(stored);
}

/** To a tenth. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
