/** A completion that is held back for long: what was verified once is verified again while the source is followed. */
import { afterEach, describe, expect, it } from 'vitest';
import { SwitchyardError } from '../../../../src/errors/switchyard-error.js';
import type { Goal, Progress } from '../../../../src/mysql/table/synchronise/goal.js';
import { synchronise } from '../../../../src/mysql/migration/synchronise-migration.js';
import type { VerifyAgain } from '../../../../src/domain/progress.js';
import { smallTable, Stage, type StageOptions } from '../../../faults/rules/stage.js';
import { eventually } from '../../../support/migration-test.js';

let stage: Stage;
let stopFollowing: () => Promise<unknown> = () => Promise.resolve();
afterEach(async () => {
  await stopFollowing();
  await stage.close();
});

/** A migration that is at `goal` and followed from there, verified again at every report. */
async function followFrom(
  goal: Exclude<Goal, 'follow'>,
  verifyAgain: VerifyAgain | null = { everyMs: 1, timeShareMax: 1 },
  options: StageOptions = {},
): Promise<{ seen: Progress['stage'][]; end: Promise<unknown> }> {
  stage = await Stage.open(options);
  await stage.copied();
  await stage.reach(goal);
  const seen: Progress['stage'][] = [];
  const stop = new AbortController();
  const end = synchronise({
    ...{ cluster: stage.cluster, operationId: stage.operationId, token: stage.nextToken(), goal: 'follow' },
    signal: stop.signal,
    throttle: {},
    onProgress: (progress) => seen.push(progress.stage),
    verifyAgain,
  }).catch((error: unknown) => error);
  stopFollowing = () => {
    stop.abort();
    return end;
  };
  return { seen, end };
}

function isVerifying(name: Progress['stage']): boolean {
  return name === 'verifying';
}

/** Resolves when the follower has told so often that it follows and does nothing else. */
async function untilFollowed(seen: readonly Progress['stage'][], times: number): Promise<void> {
  await eventually(
    `${times} reports of following`,
    () => Promise.resolve(seen.filter((name) => name === 'following').length >= times ? true : undefined),
    30_000,
  );
}

/** What the feed does not tell, since the source knows nothing of it. */
async function spoilTheShadow(): Promise<void> {
  expect(await stage.unlogged(`UPDATE ${stage.shadow} SET v = 'spoilt' WHERE id = 7`)).toBe(1);
}

describe('following after a verification', () => {
  it('verifies again, and finds a difference that came into the shadow since', async () => {
    const { seen, end } = await followFrom('verified');
    await untilFollowed(seen, 3);
    // Equal so far: verified more than once, and followed on.
    expect(seen).toContain('verifying');
    await spoilTheShadow();
    const error = await end;
    expect(error).toBeInstanceOf(SwitchyardError);
    expect(error).toMatchObject({ code: 'VERIFICATION_FAILED', facts: { keys: ['id=7'], different: ['id=7'] } });
  });

  it('verifies nothing again where it was asked not to', async () => {
    const { seen } = await followFrom('verified', null);
    await spoilTheShadow();
    await untilFollowed(seen, 4);
    expect(new Set(seen)).toEqual(new Set(['following']));
    expect(await stopFollowing()).toMatchObject({ outcome: 'stopped', verified: true });
  });

  it('reads for no more than its share of the time', async () => {
    const count = 3_000;
    const many = `INSERT INTO t (id, v) WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ${count})
      SELECT /*+ SET_VAR(cte_max_recursion_depth = ${count}) */ id, CONCAT('v', id) FROM n`;
    const timeShareMax = 0.1;
    const { seen } = await followFrom('verified', { everyMs: 1, timeShareMax }, { table: smallTable, rows: [many] });
    const reading = stage.gate.timeOf(/ AS _sw_digest | OFFSET /);
    const startedAt = performance.now();
    // All of it, some times: each time takes ten times as long as its reading.
    await eventually('some verifications', () => Promise.resolve(seen.filter(isVerifying).length >= 12 || undefined));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const tookMs = performance.now() - startedAt;
    expect(reading.ms()).toBeGreaterThan(0);
    // What was read last is made up for afterwards only.
    expect(reading.ms() / tookMs).toBeLessThan(2 * timeShareMax);
  });

  it('verifies nothing that was not verified before', async () => {
    const { seen } = await followFrom('indexed');
    await spoilTheShadow();
    await untilFollowed(seen, 4);
    expect(new Set(seen)).toEqual(new Set(['following']));
    expect(await stopFollowing()).toMatchObject({ outcome: 'stopped', verified: false });
  });
});
