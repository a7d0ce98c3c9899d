/** Servers with other settings: no LOAD DATA LOCAL, small packets on either side. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TransferMethod } from '../../../../src/mysql/table/transfer/transfer-sql.js';
import { TransferWay } from '../../../../src/mysql/table/transfer/transfer-way.js';
import { TwoServers } from './two-servers.js';

const methods = ['load', 'insert'] as const;
const packet = 32 * 1024;

describe('a target that takes no LOAD DATA LOCAL and has small packets', () => {
  let servers: TwoServers;

  beforeAll(async () => {
    servers = await TwoServers.start({ targetArgs: ['--local-infile=OFF', `--max-allowed-packet=${packet}`] });
  });

  afterAll(() => servers.stop());

  it('gets rows by INSERT, and is asked for LOAD DATA once only', async () => {
    const table = await servers.make(
      'refused',
      'id INT PRIMARY KEY, v TEXT',
      "INSERT INTO refused VALUES (1, 'a'), (2, 'b')",
    );
    const way = new TransferWay();
    const used: TransferMethod[] = [];
    const run = (where: string): Promise<number> =>
      way.run((method) => {
        used.push(method);
        return servers.move(table, method, where);
      });
    expect(await run('id = 1')).toBe(1);
    expect(way.loadAllowed).toBe(false);
    expect(await run('id = 2')).toBe(1);
    expect(used).toEqual(['load', 'insert', 'insert']);
    expect(await servers.countOnTarget('refused')).toBe(2);
  });

  it('gets statements that fit, one row each where they must, and a row that fits none is named', async () => {
    const table = await servers.make(
      'small',
      'id INT PRIMARY KEY, v MEDIUMTEXT',
      "INSERT INTO small VALUES (1, REPEAT('a', 20000)), (2, REPEAT('b', 20000)), (3, REPEAT('c', 32000)), (4, 'd')",
      "INSERT INTO small VALUES (5, REPEAT('''', 20000))",
    );
    expect(await servers.move(table, 'insert', 'id < 5')).toBe(4);
    await expect(servers.move(table, 'insert', 'id > 3')).rejects.toMatchObject({
      code: 'ROW_TOO_LARGE',
      facts: { key: 'id=5', cluster: 'customer', maxAllowedPacket: packet },
    });
    expect(await servers.countOnTarget('small')).toBe(4);
    expect(servers.target.closed).toBe(false);
  });
});

describe('small packets on both sides', () => {
  let servers: TwoServers;

  beforeAll(async () => {
    const args = ['--local-infile=ON', `--max-allowed-packet=${packet}`];
    servers = await TwoServers.start({ targetArgs: args, sourceArgs: args });
  });

  afterAll(() => servers.stop());

  const big = (bytes: number, byte: string): string => `REPEAT('${byte}', ${bytes})`;

  it('carry rows of many columns that are larger together by LOAD DATA', async () => {
    const table = await servers.make(
      'wide',
      'id INT PRIMARY KEY, a MEDIUMTEXT, b MEDIUMTEXT, c MEDIUMBLOB, j JSON',
      `INSERT INTO wide (id, a) VALUES (1, ${big(30_000, 'a')})`,
      `UPDATE wide SET b = ${big(30_000, 'b')}, c = ${big(15_000, '\\\\')}, j = JSON_QUOTE(${big(30_000, 'j')})`,
    );
    expect(await servers.move(table, 'load')).toBe(1);
    const [source, target] = await servers.checksums('wide');
    expect(target).toBe(source);
  });

  it.each(methods)('name a row that the source cannot render, by %s', async (method) => {
    const name = `unrendered_${method}`;
    const table = await servers.make(
      name,
      'id INT PRIMARY KEY, v MEDIUMBLOB',
      `INSERT INTO ${name} VALUES (1, 'small'), (2, ${big(20_000, "''")}), (3, 'small')`,
    );
    await expect(servers.move(table, method)).rejects.toMatchObject({
      code: 'ROW_TOO_LARGE',
      facts: { key: 'id=2', cluster: 'commerce', maxAllowedPacket: packet },
    });
    expect(await servers.countOnTarget(name)).toBe(0);
    expect(await servers.move(table, method, 'id <> 2')).toBe(2);
  });

  it.each(methods)('never lose a value that is larger than a packet, by %s', async (method) => {
    const name = `larger_${method}`;
    // Written by LOAD DATA, which takes values of any size.
    await servers.make(`${name}_parts`, 'id INT PRIMARY KEY, v MEDIUMBLOB, t MEDIUMTEXT');
    const table = await servers.make(name, 'id INT PRIMARY KEY, v MEDIUMBLOB, t MEDIUMTEXT');
    const bytes = Buffer.from(`1,'${'x'.repeat(100_000)}','${'y'.repeat(50_000)}'\n`);
    await servers.source.raw(
      `LOAD DATA LOCAL INFILE 'x' INTO TABLE ${name} FIELDS TERMINATED BY ',' ENCLOSED BY '\\''`,
      {
        onDataWanted: (feed) => {
          for (let start = 0; start < bytes.length; start += 10_000) {
            feed.send(Buffer.concat([Buffer.alloc(4), bytes.subarray(start, start + 10_000)]));
          }
          feed.end();
        },
      },
    );
    await expect(servers.move(table, method)).rejects.toMatchObject({ code: 'ROW_TOO_LARGE', facts: { key: 'id=1' } });
    expect(await servers.countOnTarget(name)).toBe(0);
  });
});
