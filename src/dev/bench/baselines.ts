/** What Switchyard is compared with: the server's own copy, and the loop of chunks that other tools run. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { secondsOf } from './bench-servers.js';
import { benchChange, benchTable } from './sbtest.js';

/** The native change, which blocks writers from beginning to end. @returns seconds. */
export async function nativeCopy(session: Connection): Promise<number> {
  return secondsOf(async () => {
    await session.query(`ALTER TABLE ${benchTable} ${benchChange}, ALGORITHM=COPY`);
  });
}

const chunkRows = 1_000;

/**
 * One stream of chunks of 1,000 rows, each found and then copied by statements of its own, into a table that has its
 * secondary index from the start; no change is followed and nothing is verified. @returns seconds.
 */
export async function oneStreamOfChunks(session: Connection, onRows: (rows: number) => void): Promise<number> {
  const [shadow, old] = [`${benchTable}_new`, `${benchTable}_old`];
  return secondsOf(async () => {
    await session.query(`CREATE TABLE ${shadow} LIKE ${benchTable}`);
    await session.query(`ALTER TABLE ${shadow} ${benchChange}`);
    let copied = 0;
    for (let lower = 0, upper = await chunkEnd(session, 0); upper > lower; upper = await chunkEnd(session, lower)) {
      await session.query(
        `INSERT IGNORE INTO ${shadow} (id, k, c, pad) SELECT id, k, c, pad FROM ${benchTable} FORCE INDEX (PRIMARY)
          WHERE id > ${lower} AND id <= ${upper} FOR SHARE`,
      );
      copied += chunkRows;
      onRows(copied);
      lower = upper;
    }
    await session.query(`RENAME TABLE ${benchTable} TO ${old}, ${shadow} TO ${benchTable}`);
  });
}

/** The id that ends the next chunk; `lower` itself when there is none. */
async function chunkEnd(session: Connection, lower: number): Promise<number> {
  const [rows] = await session.query<(RowDataPacket & { id: number | null })[]>(
    `SELECT MAX(id) AS id FROM (SELECT id FROM ${benchTable} FORCE INDEX (PRIMARY) WHERE id > ${lower}
      ORDER BY id LIMIT ${chunkRows}) AS chunk`,
  );
  return rows[0]?.id ?? lower;
}
