/** How far the replicas of a cluster are behind, by the row of its write probe: the clock is that of this process alone. */
import type { ReplicaLag } from '../../../throttle/source.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { replicaAnswerMs } from '../../../limits/mysql-server.js';
import type { ClusterSettings, ReplicaSettings } from '../session/cluster-settings.js';
import { errorNumbers, serverErrorNumber } from '../session/server-errors.js';
import { Session, withSession } from '../session/session.js';
import { controlVariables } from '../session/variables.js';
import type { WriteProbe } from './write-probe.js';

export class ReplicaLags {
  readonly #probe: WriteProbe;
  readonly #replicas: readonly Replica[];

  constructor(probe: WriteProbe, replicas: readonly ReplicaSettings[]) {
    this.#probe = probe;
    this.#replicas = replicas.map((settings) => new Replica(settings));
  }

  /** Of each replica. @throws naming those of which it cannot be told. */
  async look(): Promise<readonly ReplicaLag[]> {
    const problems: string[] = [];
    const looks = this.#replicas.map(async (replica): Promise<ReplicaLag | undefined> => {
      try {
        const sentMs = await replica.sentMs(this.#probe.id);
        return { replica: replica.name, lagMs: this.#probe.lagMs(sentMs) };
      } catch (error) {
        problems.push(`replica ${replica.name}: ${error instanceof Error ? error.message : String(error)}`);
        return undefined;
      }
    });
    const lags = (await Promise.all(looks)).filter((lag) => lag !== undefined);
    if (problems.length > 0) throw new Error(problems.join('; '));
    return lags;
  }

  close(): void {
    for (const replica of this.#replicas) replica.close();
  }
}

async function sentMsIn(session: Session, probeId: string): Promise<number | undefined> {
  const [row] = await session.rows<{ sentMs: string | number }>(
    'SELECT sent_ms AS sentMs FROM _switchyard.write_probes WHERE probe_id = ?',
    [probeId],
  );
  return row === undefined ? undefined : Number(row.sentMs);
}

/** Asks a replica as the throttle does. A sidecar that is not there (yet) is no reason. @throws what is in the way. */
export async function askReplica(settings: ReplicaSettings & Pick<ClusterSettings, 'lifeline'>): Promise<void> {
  const { noSuchTable, unknownDatabase } = errorNumbers;
  await withSession(settings, controlVariables, (session) => sentMsIn(session, '')).catch((error: unknown) => {
    const number = serverErrorNumber(error);
    if (number !== noSuchTable && number !== unknownDatabase) throw error;
  });
}

/** One session at most, whatever the replica does. */
class Replica {
  readonly #settings: ReplicaSettings;
  /** Ends the session, also one that is being opened. */
  #lifeline = new AbortController();
  #session: Promise<Session> | undefined;

  constructor(settings: ReplicaSettings) {
    this.#settings = settings;
  }

  get name(): string {
    return this.#settings.name;
  }

  /** What the row says; undefined where it has not arrived. @throws where the replica does not answer in time. */
  async sentMs(probeId: string): Promise<number | undefined> {
    const timer = setTimeout(() => this.#end(`no answer within ${replicaAnswerMs} ms`), replicaAnswerMs);
    try {
      const session = await this.#open();
      return await sentMsIn(session, probeId);
    } catch (error) {
      this.#end('it is opened again');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#end('the work has ended');
  }

  #open(): Promise<Session> {
    this.#session ??= Session.open({ ...this.#settings, lifeline: this.#lifeline.signal }, controlVariables);
    return this.#session;
  }

  #end(problem: string): void {
    this.#lifeline.abort(new SwitchyardError('SERVER_UNAVAILABLE', { cluster: this.name, problem }));
    this.#lifeline = new AbortController();
    this.#session = undefined;
  }
}
