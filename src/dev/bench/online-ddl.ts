/**
 * `npm run bench -- online-ddl`: the same change of the same rows on the same server, made by the server itself, by a
 * loop of small chunks, and by Switchyard without and with writers (see BENCHMARKS.md for what is measured).
 */
import { Client, Connection as TemporalConnection } from '@temporalio/client';
import type { Connection } from 'mysql2/promise';
import { startLocalStack, type LocalStack } from '../local-stack.js';
import { during, type Progress } from '../progress.js';
import { nativeCopy, oneStreamOfChunks } from './baselines.js';
import { measureMigration } from './migration.js';
import { readProcessUsage } from './process-usage.js';
import type { Measured, MeasuredPart } from './report.js';
import { fillTable, openBenchSession, readContents, type Contents } from './sbtest.js';
import { Writers } from './writers.js';

export interface BenchOptions {
  readonly rows: number;
  readonly clients: number;
  readonly transactionsPerSecond: number;
  /** How long writers are measured without a migration. */
  readonly baselineSeconds: number;
  readonly progress: Progress;
}

/** Larger than a laptop's default, so that no part waits for the redo log; the same for all parts. */
const mysqlArgs = ['--innodb-buffer-pool-size=512M', '--loose-innodb-redo-log-capacity=1G'];
const settings = 'buffer pool 512 MB, redo log 1 GB, sync_binlog=1, innodb_flush_log_at_trx_commit=1, row format, GTID';

/** Runs all parts on servers of its own. @throws what a server or a migration fails with. */
export async function benchOnlineDdl(options: BenchOptions): Promise<Measured> {
  const stack = await startLocalStack({ headless: true, stopOnSignals: true, progress: options.progress, mysqlArgs });
  let keepLogs = true;
  try {
    const session = await openBenchSession(stack.clusters.commerce);
    const connection = await TemporalConnection.connect({ address: stack.temporal.address });
    try {
      const client = new Client({ connection, namespace: stack.temporal.namespace });
      const measured = await new Bench(options, stack, session, client).run();
      keepLogs = measured.problems.length > 0;
      return measured;
    } finally {
      await connection.close();
      await session.end();
    }
  } finally {
    await stack.stop({ keepLogs });
  }
}

class Bench {
  readonly #problems: string[] = [];
  /** What the first native copy has left: every other part must come to the same. */
  #expected: Contents | undefined;

  constructor(
    private readonly options: BenchOptions,
    private readonly stack: LocalStack,
    private readonly session: Connection,
    private readonly client: Client,
  ) {}

  async run(): Promise<Measured> {
    const { rows } = this.options;
    const native = (name: string): Promise<MeasuredPart> => this.#part(name, () => nativeCopy(this.session));
    // Native copies directly before and after what is compared with them: the speed of a shared machine drifts.
    const first = await native('native ALGORITHM=COPY');
    const alone = await this.#alone();
    const second = await native('native ALGORITHM=COPY again');
    const oneStream = await this.#part('one stream, chunks of 1,000', (onRows) =>
      oneStreamOfChunks(this.session, onRows),
    );
    const loaded = await this.#underLoad();
    return { rows, settings, native: [first, second], oneStream, alone, ...loaded, problems: this.#problems };
  }

  async #part(name: string, work: (onRows: (rows: number) => void) => Promise<number>): Promise<MeasuredPart> {
    await this.#fill();
    const task = this.options.progress.begin(name, null, 'rows');
    const cpuBefore = await this.#serverCpuSeconds();
    const seconds = await during(task, () => work((rows) => task.update(rows, 'copying')));
    const serverCpuSeconds = difference(cpuBefore, await this.#serverCpuSeconds());
    await this.#check(name, 0);
    return { name, seconds, serverCpuSeconds };
  }

  async #alone(): Promise<Measured['alone']> {
    await this.#fill();
    const cpuBefore = await this.#serverCpuSeconds();
    const measured = await this.#migrate('alone');
    const serverCpuSeconds = difference(cpuBefore, await this.#serverCpuSeconds());
    await this.#check('Switchyard without load', 0);
    return { ...measured, serverCpuSeconds };
  }

  async #underLoad(): Promise<Pick<Measured, 'loaded' | 'load'>> {
    const { rows, clients, transactionsPerSecond, baselineSeconds, progress } = this.options;
    await this.#fill();
    const writers = new Writers({ server: this.stack.clusters.commerce, rows, clients, transactionsPerSecond });
    const beganAt = performance.now();
    await writers.start();
    progress.say(`Writers alone for ${baselineSeconds} s …`);
    await new Promise((resolve) => setTimeout(resolve, baselineSeconds * 1_000));
    const startedAt = performance.now();
    const loaded = await this.#migrate('under-load').finally(() => writers.stop());
    const endedAt = performance.now();
    for (const error of new Set(writers.errors)) this.#problems.push(`under load: a writer saw: ${error}`);
    await this.#check('Switchyard under load', writers.acknowledged);
    const { swappedAt, result } = loaded;
    const load = {
      wanted: `${transactionsPerSecond} write transactions/s of ${clients} clients`,
      before: writers.latency(beganAt, startedAt),
      during: writers.latency(startedAt, endedAt),
      // completedAt is taken just after the unlock, by the clock of this machine.
      blockedMs: writers.longestOverlapMs(swappedAt - result.blockedMs - 20, swappedAt + 20),
    };
    return { loaded, load };
  }

  #migrate(name: string): ReturnType<typeof measureMigration> {
    const { rows, progress } = this.options;
    return measureMigration({ stack: this.stack, client: this.client, rows, name, progress });
  }

  async #fill(): Promise<void> {
    const { rows, progress } = this.options;
    const task = progress.begin('Filling the table', rows, 'rows');
    await during(task, () => fillTable(this.session, rows, (done) => task.update(done, '')));
  }

  /** @param increments transactions that were acknowledged, each of which has raised one `k` by one. */
  async #check(name: string, increments: number): Promise<void> {
    const actual = await readContents(this.session);
    const expected = (this.#expected ??= actual);
    if (actual.rows !== expected.rows || actual.hash !== expected.hash) this.#problems.push(`${name}: other rows`);
    const missing = expected.sumOfK + increments - actual.sumOfK;
    if (missing !== 0) this.#problems.push(`${name}: ${missing} acknowledged transactions are not in the table`);
  }

  async #serverCpuSeconds(): Promise<number | undefined> {
    return (await readProcessUsage(this.stack.clusters.commerce.pid()))?.cpuSeconds;
  }
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}
