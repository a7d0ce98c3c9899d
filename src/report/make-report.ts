/** Makes the page of one operation: reads what there is of it, and draws it. */
import type { Client } from '@temporalio/client';
import { loadConfig } from '../config/config.js';
import { answerMsMax } from '../limits/report.js';
import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import type { ReportData } from './data.js';
import { reportData } from './gather/assemble.js';
import { factsOf } from './gather/facts.js';
import { readRecords } from './gather/records.js';
import type { Sources } from './gather/sources.js';
import { readTemporal, type Reported } from './gather/temporal.js';

interface ReportRequest extends Reported {
  readonly client: Client;
  /** Of a worker's configuration; null: the clusters are not asked. */
  readonly clusters: ReadonlyMap<string, ClusterSettings> | null;
}

/** @throws the client's errors. What cannot be had but for the history is listed in the page (`gaps`). */
export async function gatherReport(
  { client, clusters, ...reported }: ReportRequest,
  nowMs = Date.now(),
  answerMs = answerMsMax,
): Promise<ReportData> {
  const read = await readTemporal(client, reported, answerMs);
  const records = clusters === null ? null : [];
  const sources: Sources = { ...read, madeAt: new Date(nowMs).toISOString(), records };
  const { operationId, places } = factsOf(sources);
  if (clusters === null || operationId === null) return reportData(sources);
  const found = await readRecords(
    clusters,
    places.map(({ cluster }) => cluster),
    operationId,
  );
  return reportData({ ...sources, records: found.records, gaps: [...sources.gaps, ...found.gaps] });
}

/** Those of a worker's configuration. @throws INVALID_CONFIGURATION. */
export function clustersIn(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, ClusterSettings> {
  return loadConfig(file, env).clusters;
}

/** A name for the file, from the id of the workflow: `online-ddl/commerce/shop/orders` is `online-ddl-commerce-shop-orders.html`. */
export function fileNameOf(workflowId: string): string {
  const name = workflowId.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${name.slice(0, 150) || 'operation'}.html`;
}
