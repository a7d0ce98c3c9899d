/**
 * `npm run bench -- move-tables`: the same rows moved to another server by `mysqldump | mysql`, and by Switchyard without
 * and with writers, which follow the switch (see BENCHMARKS.md for what is measured).
 */
import { during } from '../progress.js';
import { FollowedRoute } from '../shop/write-route.js';
import { benchSettings, BenchServers, type BenchOptions } from './bench-servers.js';
import { DataCheck } from './data-check.js';
import type { MeasuredPart } from './figures.js';
import type { MeasuredMoves } from './move-report.js';
import { measureMove } from './move.js';
import { dumpAndLoad, findPipePrograms, type PipePrograms } from './pipe.js';
import { benchAccess, benchDatabase, benchTable, dropTables, raiseOne, writePages } from './sbtest.js';
import { Writers } from './writers.js';

export interface MoveBenchOptions extends BenchOptions {
  /** What throttles the move under load; nothing where absent. */
  readonly writeLatencyMsMax?: number | 'auto';
}

/** Runs all parts on servers of its own. @throws what a server, the pipe or a move fails with. */
export async function benchMoveTables(options: MoveBenchOptions): Promise<MeasuredMoves> {
  const programs = await findPipePrograms();
  return BenchServers.use(options, (servers) => new MoveBench(options, servers, programs).run());
}

const both = ['commerce', 'customer'] as const;

class MoveBench {
  readonly #data = new DataCheck();

  constructor(
    private readonly options: MoveBenchOptions,
    private readonly servers: BenchServers,
    private readonly programs: PipePrograms,
  ) {}

  async run(): Promise<MeasuredMoves> {
    const { rows } = this.options;
    // Directly before and after what is compared with them: the speed of a shared machine drifts.
    const first = await this.#pipe('mysqldump | mysql');
    const alone = await this.#alone();
    const second = await this.#pipe('mysqldump | mysql again');
    const loaded = await this.#underLoad();
    const { problems } = this.#data;
    return { rows, settings: benchSettings, pipe: [first, second], alone, ...loaded, problems };
  }

  async #pipe(name: string): Promise<MeasuredPart> {
    const { commerce, customer } = this.servers.stack.clusters;
    await this.#fill();
    // What was filled is what every part must bring to the other side.
    await this.#data.check('the filled table', this.servers.commerce, 0);
    const task = this.options.progress.begin(name, null, 'rows');
    const measured = await this.servers.measured(both, () =>
      during(task, async () => ({ name, seconds: await dumpAndLoad(this.programs, commerce, customer) })),
    );
    await this.#data.check(name, this.servers.customer, 0);
    return measured;
  }

  async #alone(): Promise<MeasuredMoves['alone']> {
    await this.#fill();
    const measured = await this.servers.measured(both, () => measureMove(this.servers, { name: 'alone' }));
    await this.#data.check('Switchyard without load', this.servers.customer, 0);
    return measured;
  }

  async #underLoad(): Promise<Pick<MeasuredMoves, 'loaded' | 'load'>> {
    await this.#fill();
    const { writeLatencyMsMax = null } = this.options;
    const throttle = { writeLatencyMsMax };
    const route = await this.#followRoutes();
    try {
      const writers = new Writers({ ...this.options, statement: raiseOne(this.options.rows), route });
      const before = await writers.startAlone();
      const startedAt = performance.now();
      const loaded = await measureMove(this.servers, { name: 'under-load', throttle }).finally(() => writers.stop());
      const endedAt = performance.now();
      await this.#data.checkWritten('Switchyard under load', this.servers.customer, writers);
      const { from, to } = loaded.switching;
      const load = {
        ...{ wanted: writers.wanted, refused: writers.refused, writeLatencyMsMax },
        ...{ before, during: writers.latency(startedAt, from), after: writers.latency(to, endedAt) },
        stallMs: writers.longestOverlapMs(from, to),
      };
      return { loaded, load };
    } finally {
      await route.close();
    }
  }

  /** As applications would: by the routes, and by the fences where those are quicker. */
  #followRoutes(): Promise<FollowedRoute> {
    const { commerce, customer } = this.servers.stack.clusters;
    return FollowedRoute.watch({
      home: { cluster: 'commerce', database: benchDatabase, table: benchTable },
      places: { commerce: benchAccess(commerce), customer: benchAccess(customer) },
      rules: { host: customer.host, port: customer.port, ...customer.app },
    });
  }

  /** The table on one side, nothing on the other, and no route of an earlier part. */
  async #fill(): Promise<void> {
    const { commerce, customer } = this.servers;
    for (const session of [commerce, customer]) await session.query('DROP DATABASE IF EXISTS _switchyard');
    await dropTables(customer);
    await writePages(customer);
    await this.servers.fill();
  }
}
