/**
 * One connection to one server, with explicit settings. Owns: connecting, the ways to run a statement, and closing.
 * Nothing else in the data plane touches the driver, apart from the binlog stream (follow/binlog-stream.ts).
 */
import type { Socket } from 'node:net';
import type { Connection, QueryError, ResultSetHeader, RowDataPacket } from 'mysql2';
import { createConnection } from 'mysql2';
import { closeTimeoutMs, connectTimeoutMs } from '../../../limits/mysql-server.js';
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import type { ClusterSettings } from './cluster-settings.js';
import { RawStatement, type DriverConnection, type RawHandlers, type RawOutcome } from './raw-statement.js';
import { countWhileOpen } from './session-counts.js';
import { errorNumbers, noteOrigin, serverErrorNumber } from './server-errors.js';
import { refuseOtherServers } from './server-version.js';
import { connectError, secure } from './tls.js';

/** A value that is bound to a placeholder. Big integers travel as text. */
export type SqlValue = string | number | bigint | boolean | null | Uint8Array;

/** What the server said of a statement that returns no rows. */
export interface Outcome {
  readonly affectedRows: number;
  /** Warnings *and* notes, as the server counts them in its OK packet. */
  readonly warningCount: number;
}

export interface ServerWarning {
  readonly code: number;
  readonly message: string;
}

/** Session variables by name; set in one statement right after connecting. */
export type SessionVariables = Readonly<Record<string, string | number>>;

/** As much of a raw statement as an observer sees. */
const observedBytesMax = 2_000;

export class Session {
  readonly cluster: ClusterSettings;
  readonly #connection: Connection;
  #closed = false;

  private constructor(cluster: ClusterSettings, connection: Connection) {
    this.cluster = cluster;
    this.#connection = connection;
    // Without a listener a lost idle connection would end the process; the next statement reports the loss.
    connection.on('error', () => {
      this.#closed = true;
    });
  }

  /**
   * Connects and applies `variables`.
   * @param socket one that connects already; otherwise the driver makes it.
   * @throws SERVER_NOT_MYSQL, SERVER_TOO_OLD, TLS_…, the driver's error.
   */
  static async open(cluster: ClusterSettings, variables: SessionVariables, socket?: Socket): Promise<Session> {
    if (cluster.lifeline?.aborted === true) socket?.destroy();
    cluster.lifeline?.throwIfAborted();
    const connection = createConnection({
      ...(socket === undefined ? {} : { stream: socket }),
      host: cluster.host,
      port: cluster.port,
      ...(cluster.database === undefined ? {} : { database: cluster.database }),
      user: cluster.user,
      password: cluster.password,
      connectTimeout: connectTimeoutMs,
      charset: 'utf8mb4',
      // We prepare none. The driver makes room for as many as it may keep: 16,000 by default, half a megabyte a connection.
      maxPreparedStatements: 1,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      // Rows of SELECT COUNT(*) and the like come as numbers where they are safe, else as text.
      ...(cluster.tls === undefined ? {} : { ssl: {} }),
    });
    if (cluster.tls !== undefined) secure(connection, cluster.host, cluster.tls);
    countWhileOpen(cluster.name, streamOf(connection));
    endWith(connection, cluster.lifeline);
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => {
        if (error === null) resolve();
        else reject(noteOrigin(connectError(error, cluster), cluster.name));
      });
    });
    const session = new Session(cluster, connection);
    try {
      // `SET SESSION TRANSACTION` cannot be combined with other assignments, `transaction_isolation` can.
      // A generated invisible primary key is a key to us; servers before 8.0.30 know neither it nor the variable.
      const gipk = '/*!80030 , SESSION show_gipk_in_create_table_and_information_schema = 1 */';
      await session.run(`SET ${assignments(variables)} ${gipk}`, Object.values(variables));
    } catch (error) {
      await session.#refuseWhereUnknown(error).finally(() => session.destroy());
      throw error;
    }
    return session;
  }

  /** A variable that the server does not know: it is another product, or too old, which is what people must hear. */
  async #refuseWhereUnknown(error: unknown): Promise<void> {
    if (serverErrorNumber(error) !== errorNumbers.unknownVariable) return;
    const { version, comment } = await this.row<{ version: string; comment: string }>(
      'SELECT VERSION() AS version, @@version_comment AS comment',
    );
    refuseOtherServers(this.cluster.name, version, comment);
  }

  /** The server's id of this connection. */
  get id(): number {
    return this.#connection.threadId;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The driver's own connection, for the binlog stream only. */
  get driver(): Connection {
    return this.#connection;
  }

  /** Runs a statement that returns rows. Placeholders are `?`. */
  async rows<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return (await this.#query(sql, values)) as (RowDataPacket & Row)[];
  }

  /** The first row. @throws where there is none. */
  async row<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row> {
    const [first] = await this.rows<Row>(sql, values);
    if (first === undefined) throw new Error(`no row from: ${sql.slice(0, 200)}`);
    return first;
  }

  /** Runs a statement that returns no rows. Warnings are counted; the caller decides (see `warnings`). */
  async run(sql: string, values: readonly SqlValue[] = []): Promise<Outcome> {
    const result = (await this.#query(sql, values)) as ResultSetHeader;
    return { affectedRows: result.affectedRows, warningCount: result.warningStatus };
  }

  /** Runs a statement given in bytes, whose rows or data pass through as bytes. It has no placeholders. */
  async raw(statement: string | Buffer, handlers: RawHandlers = {}): Promise<RawOutcome> {
    const { observer } = this.cluster;
    const bytes = typeof statement === 'string' ? Buffer.from(statement, 'utf8') : statement;
    // An observer is told how a long statement begins; the rest of it is rows.
    const shown = observer === undefined ? '' : bytes.toString('utf8', 0, observedBytesMax);
    await observer?.before(shown, this.id);
    const outcome = await this.#underWay(() => this.#sendRaw(bytes, handlers));
    await observer?.after(shown, this.id);
    return outcome;
  }

  /** Stops reading from the socket: TCP makes the server wait. For the rows of a raw statement. */
  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  /** Changes settings of the session: another context for what comes next. */
  async set(variables: SessionVariables): Promise<void> {
    await this.run(`SET ${assignments(variables)}`, Object.values(variables));
  }

  /** The warnings of the last statement; only meaningful directly after it. */
  async warnings(): Promise<readonly ServerWarning[]> {
    const rows = await this.rows<{ Code: number; Message: string }>('SHOW WARNINGS');
    return rows.map(({ Code, Message }) => ({ code: Number(Code), message: Message }));
  }

  /** Says goodbye to the server; never throws. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.destroy();
        resolve();
      }, closeTimeoutMs);
      this.#connection.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** For a server that does not answer: what runs on the session ends with SERVER_UNAVAILABLE, which says `problem`. */
  abandon(problem: string): void {
    streamOf(this.#connection).destroy(this.#lost(problem));
  }

  /** Drops the connection at once. A statement that runs on the server goes on until it notices. */
  destroy(): void {
    this.#closed = true;
    this.#connection.destroy();
    // The driver only ends its side; a server that is busy, or sends binlogs, would keep the socket open for long.
    streamOf(this.#connection).destroy();
  }

  async #query(sql: string, values: readonly SqlValue[]): Promise<unknown> {
    const { observer } = this.cluster;
    await observer?.before(sql, this.id);
    const result = await this.#underWay(() => this.#send(sql, values));
    await observer?.after(sql, this.id);
    return result;
  }

  async #underWay<Result>(send: () => Promise<Result>): Promise<Result> {
    const ended = this.cluster.underWay?.began(this.id);
    try {
      return await send();
    } finally {
      ended?.();
    }
  }

  #sendRaw(statement: Buffer, handlers: RawHandlers): Promise<RawOutcome> {
    if (this.#closed) return Promise.reject(this.#lost());
    return new Promise((resolve, reject) => {
      const command = new RawStatement(statement, handlers, (error, outcome) => {
        if (error !== null) reject(this.#noteLoss(error));
        else if (outcome !== undefined) resolve(outcome);
      });
      (this.#connection as unknown as DriverConnection).addCommand(command);
    });
  }

  #lost(problem = 'the connection was lost'): SwitchyardError {
    return new SwitchyardError('SERVER_UNAVAILABLE', { cluster: this.cluster.name, problem });
  }

  #send(sql: string, values: readonly SqlValue[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(this.#lost());
    return new Promise((resolve, reject) => {
      this.#connection.query({ sql, values: values as unknown[] }, (error: QueryError | null, result: unknown) => {
        if (error === null) resolve(result);
        else reject(this.#noteLoss(error));
      });
    });
  }

  /** A connection that is lost during a command tells nobody but the command. */
  #noteLoss(error: Error & { readonly fatal?: boolean }): Error {
    if (error.fatal === true) this.#closed = true;
    return noteOrigin(error, this.cluster.name);
  }
}

/** For the values in their order. */
function assignments(variables: SessionVariables): string {
  return Object.keys(variables)
    .map((name) => `SESSION ${name} = ?`)
    .join(', ');
}

function streamOf(connection: Connection): Socket {
  return (connection as unknown as { readonly stream: Socket }).stream;
}

/** A server that does not answer would never end what the connection waits for: a socket with an error does. */
function endWith(connection: Connection, lifeline: AbortSignal | undefined): void {
  if (lifeline === undefined) return;
  const socket = streamOf(connection);
  const end = (): void => {
    socket.destroy(lifeline.reason as Error);
  };
  lifeline.addEventListener('abort', end);
  socket.once('close', () => lifeline.removeEventListener('abort', end));
}

/** Opens a session, runs `work` and closes the session whatever happens. */
export async function withSession<Result>(
  cluster: ClusterSettings,
  variables: SessionVariables,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await Session.open(cluster, variables);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
