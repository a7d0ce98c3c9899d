/** Everything that runs on servers runs with the grants of docs/servers.md, and with no others. */
import { describe, expect, inject, it } from 'vitest';
import { Moving } from '../mysql/move/moving.js';
import { requiredPrivileges } from '../../src/mysql/preflight/required-privileges.js';
import { FenceWriters, fenceWritersTable } from '../support/fence-writers.js';
import { asDocumented, dropDocumented, makeDocumented } from '../support/documented-account.js';
import { eventually, MigrationTest } from '../support/migration-test.js';
import { MoveTest } from '../support/move-test.js';

const done = expect.stringMatching(/^(done|accepted)$/) as string;

describe.concurrent('with the documented grants and no others', () => {
  it('a migration runs to its end, and what is retained is dropped, also where a constraint has a name', async () => {
    const cluster = asDocumented(inject('stack').commerce);
    const test = new MigrationTest({ rows: 1_000, clients: 1, cluster });
    try {
      await test.open();
      await makeDocumented(cluster, test.database);
      await test.rows(`ALTER TABLE ${test.database}.orders ADD CONSTRAINT positive CHECK (total >= 0)`);
      await test.startWorker();
      test.shop.startClients();
      await test.start({ retainFor: '1s' });
      expect(await test.result()).toMatchObject({ outcome: 'completed', verified: true });
      await test.expectNothingLost();
      await eventually('what is retained to be dropped', async () => {
        const left = await test.rows(`SELECT 1 FROM _switchyard.owned_tables WHERE operation_id = ?`, [
          (await test.status()).operationId ?? '',
        ]);
        return left.length === 0 ? true : undefined;
      });
    } finally {
      await test.close();
      await dropDocumented(cluster);
    }
  });

  it('a move runs there, back, there again and to its end, with router, reconcile and clean-up', async () => {
    const { commerce, customer } = inject('stack');
    const [source, target] = [asDocumented(commerce), asDocumented(customer)];
    const test = await MoveTest.open([fenceWritersTable], { source, target });
    try {
      for (const side of [source, target]) await makeDocumented(side, test.database);
      await test.startWorker();
      const writers = await FenceWriters.start(1, (side) => test.root(side));
      await test.start(['orders'], { retainFor: '1s' });
      await test.until('verified', ({ verified, phase }) => verified && phase === 'following');
      for (const back of [true, false]) {
        expect(await test.command('switchTraffic')).toMatchObject({ outcome: done });
        await test.until('switched', ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
        if (!back) break;
        expect(await test.command('reverseTraffic')).toMatchObject({ outcome: done });
        await test.until('back', ({ phase, verified }) => phase === 'following' && verified);
      }
      await test.until('the router to know', ({ rules }) => rules.confirmed === rules.version);
      expect(await test.command('complete')).toMatchObject({ outcome: done });
      expect(await test.result()).toMatchObject({ outcome: 'completed', verified: true, residuals: [] });
      await writers.stop();
      await writers.expectAll(await test.root('target'));
      for (const cluster of ['commerce', 'customer']) {
        const { operationId = '' } = await test.status();
        const { residuals } = await test.reconcile({ cluster, operationId: operationId ?? '' });
        expect(residuals.map(({ outcome }) => outcome)).not.toContain('refused');
      }
      await eventually('the retained table to be dropped', async () =>
        (await test.leftovers('source')).length === 0 ? true : undefined,
      );
    } finally {
      await test.close();
      for (const side of [source, target]) await dropDocumented(side);
    }
  });
});

describe('a move is refused before anything is made', () => {
  it.each(['source', 'target'] as const)(
    'where one grant is missing on the %s, which is named with its remedy',
    async (side) => {
      const moving = await Moving.open('CREATE TABLE t (id INT PRIMARY KEY)');
      const { [side]: open } = { source: moving.source, target: moving.target };
      const root = await moving.root(side);
      const cluster = asDocumented({ switchyard: open, root: root.cluster });
      await makeDocumented(cluster, moving.database);
      const account = `'${cluster.switchyard.user}'@'%'`;
      const scopes = {
        global: '*',
        performance_schema: 'performance_schema',
        sidecar: '_switchyard',
        ownDatabases: '',
      };
      try {
        for (const { privilege, scope } of requiredPrivileges) {
          const on = `${scope === 'database' ? `\`${moving.database.replaceAll('_', '\\_')}\`` : scopes[scope]}.*`;
          await root.run(`REVOKE ${privilege} ON ${on} FROM ${account}`);
          const failure: unknown = await moving
            .prepare({ [side]: cluster.switchyard })
            .catch((error: unknown) => error);
          expect(failure, `${privilege} ON ${on}`).toMatchObject({
            code: 'MISSING_PRIVILEGES',
            message: expect.stringMatching(new RegExp(`on cluster ${open.name}: ${privilege} on [^,]*$`)) as string,
          });
          // That the remedy is enough is shown elsewhere (test/mysql/preflight/privileges.test.ts).
          await root.run(`GRANT ${privilege} ON ${on} TO ${account}`);
        }
        expect(await moving.leftovers(side)).toEqual([]);
        await moving.prepare({ [side]: cluster.switchyard });
      } finally {
        await moving.close();
        await dropDocumented(cluster);
      }
    },
  );
});
