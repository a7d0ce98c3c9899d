/**
 * Writes rows that the source renders as SQL literals by strict multi-row INSERT statements, in the caller's open
 * transaction: slower than LOAD DATA, but the server names what is wrong, and it is allowed everywhere. Statements are
 * bounded; a larger row goes by itself. Memory is bounded: the source is paused while a statement runs.
 */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { expectedWarningsMax, insertStatementBytes } from '../../../limits/mysql-table.js';
import { RowWarning } from '../rows/data-error.js';
import { isWarningOfData } from '../../server/session/error-kinds.js';
import type { Session } from '../../server/session/session.js';
import type { TransferSessions } from './load-rows.js';
import { RowReader, RowTooLarge } from './row-reader.js';
import { selectRows, type TransferSql, type TransferTable } from './transfer-sql.js';

/** @returns rows. @throws RowWarning, RowTooLarge, the driver's errors: the caller must roll back. */
export async function insertRows(
  { source, target }: TransferSessions,
  table: TransferTable,
  sql: TransferSql,
  where: string,
): Promise<number> {
  const writer = new InsertWriter(source, target, sql, await packetBytesMax(target));
  try {
    await source.raw(selectRows(table, sql, where), {
      onRow: (packet, start, end) => writer.onRow(packet, start, end),
    });
  } catch (error) {
    await writer.stop();
    // What the target refused is the cause of what followed.
    throw writer.failure ?? error;
  }
  return writer.finish();
}

/** Of the session, with which it began. */
export async function packetBytesMax(session: Session): Promise<number> {
  const { bytes } = await session.row<{ bytes: number | string }>('SELECT @@SESSION.max_allowed_packet AS bytes');
  return Number(bytes);
}

/** Rows of one statement. */
interface Batch {
  readonly parts: Buffer[];
  bytes: number;
  rows: number;
  /** Warnings that must come, no more and no less: error values of ENUM. */
  warnings: number;
}

function newBatch(): Batch {
  return { parts: [], bytes: 0, rows: 0, warnings: 0 };
}

class InsertWriter {
  readonly #source: Session;
  readonly #target: Session;
  readonly #sql: TransferSql;
  readonly #reader: RowReader;
  /** Of all tuples of a statement. */
  readonly #bytesMax: number;
  #batch = newBatch();
  #row: Buffer[] = [];
  #writing: Promise<void> = Promise.resolve();
  #waiting = 0;
  #failure: Error | undefined;

  constructor(source: Session, target: Session, sql: TransferSql, packetBytes: number) {
    this.#source = source;
    this.#target = target;
    this.#sql = sql;
    this.#bytesMax = packetBytes - Buffer.byteLength(sql.write + sql.onDuplicate) - statementExtraBytes;
    // The packet's bytes are valid during the call only.
    this.#reader = new RowReader(sql, (packet, start, end) => this.#row.push(Buffer.from(packet.subarray(start, end))));
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  onRow(packet: Buffer, start: number, end: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    const warningsBefore = this.#reader.warnings;
    this.#row = [];
    this.#reader.read(packet, start, end);
    const bytes = this.#row.reduce((sum, { length }) => sum + length, 1);
    if (bytes > this.#bytesMax) throw new RowTooLarge('target');
    const warnings = this.#reader.warnings - warningsBefore;
    if (!fits(this.#batch, bytes, warnings, Math.min(insertStatementBytes, this.#bytesMax))) this.#send();
    this.#batch.parts.push(...this.#row, comma);
    this.#batch.bytes += bytes;
    this.#batch.rows += 1;
    this.#batch.warnings += warnings;
  }

  /** Writes what is left. @returns rows. */
  async finish(): Promise<number> {
    this.#send();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
    return this.#reader.rows;
  }

  /** Waits for the statement that runs. */
  async stop(): Promise<void> {
    await this.#writing;
  }

  /** @throws RowWarning where the server remarks more than what a native statement passes over. */
  async #refuseWarnings(count: number, expected: number): Promise<void> {
    const shown = await this.#target.warnings();
    const counted = shown.filter(({ code }) => isWarningOfData(code));
    if (shown.length === count && counted.length === expected) return;
    const isExpected = (message: string): boolean =>
      expected > 0 && this.#sql.warningColumns.some((name) => message.includes(`'${name}'`));
    const first = counted.find(({ message }) => !isExpected(message)) ?? shown[0];
    throw new RowWarning(first ?? { code: 0, message: 'a warning without text' });
  }

  /** One statement after the other; the source goes on when the last one is done. */
  #send(): void {
    const batch = this.#batch;
    this.#batch = newBatch();
    if (batch.rows === 0) return;
    this.#waiting += 1;
    this.#source.pause();
    this.#writing = this.#writing.then(async () => {
      try {
        if (this.#failure === undefined) await this.#write(batch);
      } catch (error) {
        this.#failure = error instanceof Error ? error : new Error(String(error));
      } finally {
        this.#waiting -= 1;
        if (this.#waiting === 0) this.#source.resume();
      }
    });
  }

  async #write({ parts, rows, warnings }: Batch): Promise<void> {
    // Only where warnings must come is the statement not strict: with no other warning nothing else was changed.
    const hint = warnings === 0 ? '' : ` /*+ SET_VAR(sql_mode = '${lenientModes}') */`;
    const { write, onDuplicate } = this.#sql;
    const tuples = parts.slice(0, -1);
    const statement = Buffer.concat([Buffer.from(`INSERT${hint} ${write}`), ...tuples, Buffer.from(onDuplicate)]);
    const { affectedRows, warningCount } = await this.#target.raw(statement);
    if (onDuplicate !== '') return;
    if (warningCount !== warnings) await this.#refuseWarnings(warningCount, warnings);
    if (affectedRows !== rows) {
      throw new SwitchyardError('UNEXPECTED', { problem: `an INSERT of ${rows} rows wrote ${affectedRows}` });
    }
  }
}

const comma = Buffer.from(',');
/** More than what comes before `INTO` and around the statement in its packet. */
const statementExtraBytes = 256;
const lenientModes = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO';

/** Rows that cost warnings are written apart from those that cost none. */
function fits(batch: Batch, bytes: number, warnings: number, bytesMax: number): boolean {
  if (batch.rows === 0) return true;
  const alike = batch.warnings > 0 === warnings > 0;
  return alike && batch.bytes + bytes <= bytesMax && batch.warnings + warnings <= expectedWarningsMax;
}
