/** Where a feed begins to read (feed-position.ts): a shortcut that must never pass over a change. */
import { afterEach, describe, expect, it } from 'vitest';
import { forgetPlace, recallPlace, rememberPlace } from '../../../src/mysql/table/follow/feed-position.js';
import { Stage } from './stage.js';

let stage: Stage;
afterEach(() => stage.close());

interface BinaryLogStatus {
  readonly File: string;
  readonly Position: string;
}

const serverUuid = async (): Promise<string> =>
  (await stage.app.row<{ uuid: string }>('SELECT @@server_uuid AS uuid')).uuid;
const binlogEnd = async (): Promise<BinaryLogStatus> => stage.app.row<BinaryLogStatus>('SHOW BINARY LOG STATUS');

/** Follows one change and stops. */
async function followChange(value: string): Promise<void> {
  const follower = await stage.startFollower();
  await stage.app.run('UPDATE t SET v = ? WHERE id = 1', [value]);
  await follower.catchUp();
  await follower.stop();
}

describe('the place of the stored position', () => {
  it('is where the last applied transaction ends, and the next feed goes on there', async () => {
    stage = await Stage.open();
    await stage.copied();
    const before = await binlogEnd();
    await followChange('first');
    const place = recallPlace(stage.operationId, await serverUuid(), await stage.position());
    expect(place?.file).toBe(before.File);
    expect(place?.offset).toBeGreaterThan(Number(before.Position));
    expect(place?.offset).toBeLessThanOrEqual(Number((await binlogEnd()).Position));
    await followChange('second');
    await stage.expectEqual();
  });

  it('is not used for another position or on another server', async () => {
    stage = await Stage.open();
    await stage.copied();
    await followChange('first');
    const position = await stage.position();
    expect(recallPlace(stage.operationId, await serverUuid(), position)).toBeDefined();
    expect(recallPlace(stage.operationId, await serverUuid(), `${position},${stage.operationId}`)).toBeUndefined();
    expect(recallPlace(stage.operationId, 'another', position)).toBeUndefined();
  });

  it('that the server does not have ends one feed only', async () => {
    stage = await Stage.open();
    await stage.copied();
    await followChange('first');
    rememberPlace(stage.operationId, await serverUuid(), await stage.position(), { file: 'none.999999', offset: 4 });
    const misled = await stage.startFollower();
    await expect(misled.catchUp()).rejects.toThrow();
    await followChange('second');
    await stage.expectEqual();
    forgetPlace(stage.operationId);
  });
});
