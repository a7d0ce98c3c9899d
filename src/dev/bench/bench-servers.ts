/** The servers of a benchmark, and what every benchmark does on them. */
import { Client, Connection as TemporalConnection } from '@temporalio/client';
import type { Connection } from 'mysql2/promise';
import { startLocalStack, type LocalStack } from '../local-stack.js';
import { during, type Progress } from '../progress.js';
import type { MeasuredPart } from './figures.js';
import { readProcessUsage } from './process-usage.js';
import { fillTable, openBenchSession } from './sbtest.js';

export interface BenchOptions {
  readonly rows: number;
  readonly clients: number;
  readonly transactionsPerSecond: number;
  /** How long writers are measured alone. */
  readonly baselineSeconds: number;
  readonly progress: Progress;
}

/** Larger than a laptop's default, so that no part waits for the redo log; the same for all parts. */
const mysqlArgs = ['--innodb-buffer-pool-size=512M', '--loose-innodb-redo-log-capacity=1G'];
/** The same in words, and what every server here has. */
export const benchSettings =
  'buffer pool 512 MB, redo log 1 GB, sync_binlog=1, innodb_flush_log_at_trx_commit=1, row format, GTID';

/** Servers that run, with a session on each and a client of Temporal. */
export interface BenchStack {
  readonly stack: LocalStack;
  readonly client: Client;
  readonly commerce: Connection;
  readonly customer: Connection;
}

/**
 * Starts servers for the work and stops them after it; their logs stay where it failed or found something wrong.
 * @throws DEV_START_FAILED, what the work throws.
 */
export async function withBenchStack<Result extends { readonly problems: readonly string[] }>(
  options: { readonly mysqlArgs: readonly string[]; readonly progress: Progress },
  work: (servers: BenchStack) => Promise<Result>,
): Promise<Result> {
  const stack = await startLocalStack({ headless: true, stopOnSignals: true, ...options });
  let keepLogs = true;
  try {
    const { commerce, customer } = stack.clusters;
    const sessions = [await openBenchSession(commerce), await openBenchSession(customer)] as const;
    const connection = await TemporalConnection.connect({ address: stack.temporal.address });
    try {
      const client = new Client({ connection, namespace: stack.temporal.namespace });
      const result = await work({ stack, client, commerce: sessions[0], customer: sessions[1] });
      keepLogs = result.problems.length > 0;
      return result;
    } finally {
      await connection.close();
      await Promise.all(sessions.map((session) => session.end()));
    }
  } finally {
    await stack.stop({ keepLogs });
  }
}

export class BenchServers {
  private constructor(
    readonly options: BenchOptions,
    readonly stack: LocalStack,
    readonly client: Client,
    readonly commerce: Connection,
    readonly customer: Connection,
  ) {}

  /** Starts servers for the work and stops them after it; their logs stay where it failed or found something wrong. */
  static use<Result extends { readonly problems: readonly string[] }>(
    options: BenchOptions,
    work: (servers: BenchServers) => Promise<Result>,
  ): Promise<Result> {
    return withBenchStack({ mysqlArgs, progress: options.progress }, ({ stack, client, commerce, customer }) =>
      work(new BenchServers(options, stack, client, commerce, customer)),
    );
  }

  /** Makes the table anew on `commerce`. */
  async fill(): Promise<void> {
    const { rows, progress } = this.options;
    const task = progress.begin('Filling the table', rows, 'rows');
    await during(task, () => fillTable(this.commerce, rows, (done) => task.update(done, '')));
  }

  /** Does the work, and says what CPU time it cost these servers together. */
  async measured<Result>(
    names: readonly (keyof LocalStack['clusters'])[],
    work: () => Promise<Result>,
  ): Promise<Result & Pick<MeasuredPart, 'serverCpuSeconds'>> {
    const before = await this.#cpuSeconds(names);
    const result = await work();
    const after = await this.#cpuSeconds(names);
    const known = before !== undefined && after !== undefined;
    return { ...result, serverCpuSeconds: known ? after - before : undefined };
  }

  async #cpuSeconds(names: readonly (keyof LocalStack['clusters'])[]): Promise<number | undefined> {
    let sum = 0;
    for (const name of names) {
      const usage = await readProcessUsage(this.stack.clusters[name].pid());
      if (usage === undefined) return undefined;
      sum += usage.cpuSeconds;
    }
    return sum;
  }
}

/** Seconds that the work takes. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
