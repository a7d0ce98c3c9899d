/**
 * `npm run bench -- online-ddl`: the same change of the same rows on the same server, made by the server itself, by a
 * loop of small chunks, and by Switchyard without and with writers (see BENCHMARKS.md for what is measured).
 */
import { nativeCopy, oneStreamOfChunks } from './baselines.js';
import { benchSettings, BenchServers, type BenchOptions } from './bench-servers.js';
import { DataCheck } from './data-check.js';
import type { MeasuredPart } from './figures.js';
import { measureMigration } from './migration.js';
import type { Measured, MeasuredAlone } from './report.js';
import { benchAccess, raiseOne } from './sbtest.js';
import { during } from '../progress.js';
import { alwaysTo } from '../shop/write-route.js';
import { Writers } from './writers.js';

/** Runs all parts on servers of its own. @throws what a server or a migration fails with. */
export function benchOnlineDdl(options: BenchOptions): Promise<Measured> {
  return BenchServers.use(options, (servers) => new Bench(options, servers).run());
}

class Bench {
  // What the first native copy has left: every other part must come to the same.
  readonly #data = new DataCheck();

  constructor(
    private readonly options: BenchOptions,
    private readonly servers: BenchServers,
  ) {}

  async run(): Promise<Measured> {
    const { rows } = this.options;
    const session = this.servers.commerce;
    const native = (name: string): Promise<MeasuredPart> => this.#part(name, () => nativeCopy(session));
    // In turns, since the speed of a shared machine drifts.
    const first = await native('native ALGORITHM=COPY');
    const alone = await this.#alone('Switchyard, verified');
    const second = await native('native ALGORITHM=COPY again');
    const aloneAgain = await this.#alone('Switchyard, verified, again');
    const oneStream = await this.#part('one stream, chunks of 1,000', (onRows) => oneStreamOfChunks(session, onRows));
    const loaded = await this.#underLoad();
    const { problems } = this.#data;
    return {
      rows,
      settings: benchSettings,
      native: [first, second],
      oneStream,
      alone: [alone, aloneAgain],
      ...loaded,
      problems,
    };
  }

  async #part(name: string, work: (onRows: (rows: number) => void) => Promise<number>): Promise<MeasuredPart> {
    await this.servers.fill();
    const task = this.options.progress.begin(name, null, 'rows');
    const measured = await this.servers.measured(['commerce'], () =>
      during(task, async () => ({ name, seconds: await work((rows) => task.update(rows, 'copying')) })),
    );
    await this.#data.check(name, this.servers.commerce, 0);
    return measured;
  }

  async #alone(name: string): Promise<MeasuredAlone> {
    await this.servers.fill();
    const workflow = name.replaceAll(/\W+/g, '-').toLowerCase();
    const measured = await this.servers.measured(['commerce'], () => measureMigration(this.servers, workflow));
    await this.#data.check(name, this.servers.commerce, 0);
    return { ...measured, name };
  }

  async #underLoad(): Promise<Pick<Measured, 'loaded' | 'load'>> {
    const { commerce } = this.servers.stack.clusters;
    await this.servers.fill();
    const writers = new Writers({
      ...this.options,
      statement: raiseOne(this.options.rows),
      route: alwaysTo(benchAccess(commerce)),
    });
    const before = await writers.startAlone();
    const startedAt = performance.now();
    const loaded = await measureMigration(this.servers, 'under-load').finally(() => writers.stop());
    const endedAt = performance.now();
    await this.#data.checkWritten('Switchyard under load', this.servers.commerce, writers);
    const { swappedAt, result } = loaded;
    const load = {
      wanted: writers.wanted,
      before,
      during: writers.latency(startedAt, endedAt),
      // completedAt is taken just after the unlock, by the clock of this machine.
      blockedMs: writers.longestOverlapMs(swappedAt - result.blockedMs - 20, swappedAt + 20),
    };
    return { loaded, load };
  }
}
