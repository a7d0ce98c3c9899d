/** The option verifyAgain comes to every run that may verify again, of both kinds, and of a move in both directions. */
import { describe, expect, it } from 'vitest';
import { testMove } from '../../support/move-workflow-env.js';
import { testMigration } from '../../support/migration-workflow-env.js';

const options = { verifyAgain: false } as const;

describe.concurrent('the option verifyAgain', () => {
  it('goes with every run of a migration', async () => {
    await testMigration({ options }, async ({ fakes, handle }) => {
      await handle.result();
      const runs = fakes.calls.filter(({ name }) => name === 'synchronise');
      expect(runs.length).toBeGreaterThan(2);
      for (const { request } of runs) expect(request).toMatchObject({ verifyAgain: null });
    });
  });

  it('goes with every run of a move, and with what follows back', async () => {
    await testMove({ options: { ...options, autoSwitch: true } }, async ({ fakes, handle, until, untilPhase }) => {
      await untilPhase('switched');
      await until(() => fakes.count('followReverse') > 0);
      const runs = fakes.calls.filter(({ name }) =>
        ['synchroniseMove', 'startReverse', 'followReverse'].includes(name),
      );
      expect(new Set(runs.map(({ name }) => name)).size).toBe(3);
      for (const { request } of runs) expect(request).toMatchObject({ verifyAgain: null });
      await handle.terminate();
    });
  });
});
