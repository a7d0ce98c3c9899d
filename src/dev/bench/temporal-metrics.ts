/** What operations cost Temporal, by the development server's own metrics. */
import type { TemporalServer } from '../temporal-server.js';

export interface TemporalCounts {
  readonly heartbeats: number;
  /** What its database was told of workflows: the dearest that an operation does to Temporal. */
  readonly workflowWrites: number;
}

/** Since the server's start; undefined where it does not tell. */
export async function readTemporalCounts({ metrics }: TemporalServer): Promise<TemporalCounts | undefined> {
  if (metrics === null) return undefined;
  const text = await (await fetch(metrics)).text();
  return {
    heartbeats: sumOf(text, 'service_requests', ['operation="RecordActivityTaskHeartbeat"', 'service_name="frontend"']),
    workflowWrites: sumOf(text, 'persistence_requests', ['operation="UpdateWorkflowExecution"']),
  };
}

/** Of all series of this name with these labels. */
function sumOf(text: string, name: string, labels: readonly string[]): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name}_total{`));
  const ours = lines.filter((line) => labels.every((label) => line.includes(label)));
  return ours.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
