/** How long writes took while an operation worked, and before it did: for its result, and for limits that go by it (P12). */
import { Latencies } from '../probe/latencies.js';
import type { Session } from '../session/session.js';

/** Before the operation had copied anything, and while it worked in bulk. */
type Span = 'before' | 'during';

export interface StoredLatencies {
  readonly cluster: string;
  readonly span: Span;
  readonly latencies: Latencies;
}

export async function loadLatencies(session: Session, operationId: string): Promise<readonly StoredLatencies[]> {
  const rows = await session.rows<{ cluster: string; span: Span; counts: string }>(
    `SELECT cluster_name AS cluster, span, counts FROM _switchyard.write_latencies
      WHERE operation_id = ? ORDER BY recorded_at, cluster_name`,
    [operationId],
  );
  return rows.map(({ cluster, span, counts }) => ({ cluster, span, latencies: Latencies.parse(counts) }));
}

/** Adds to what is stored; part of the caller's fenced transaction, so that nobody else adds at the same time. */
export async function addLatencies(session: Session, operationId: string, added: StoredLatencies): Promise<void> {
  const { cluster, span, latencies } = added;
  const stored = await loadLatencies(session, operationId);
  const before = stored.find((one) => one.cluster === cluster && one.span === span);
  const sum = new Latencies();
  for (const one of [before?.latencies, latencies]) if (one !== undefined) sum.addAll(one);
  await session.run(
    `INSERT INTO _switchyard.write_latencies (operation_id, cluster_name, span, counts, recorded_at)
     VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE counts = VALUES(counts)`,
    [operationId, cluster, span, sum.toText()],
  );
}
