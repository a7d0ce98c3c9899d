import { describe, expect, it } from 'vitest';
import {
  chunkBytesTarget,
  chunkRowsMax,
  chunkRowsStart,
  chunkTargetMs,
  gentleChunkRowsMax,
} from '../../../../src/limits/mysql-table.js';
import { ChunkServo } from '../../../../src/mysql/table/chunks/chunk-servo.js';

describe('ChunkServo', () => {
  it('grows step by step to what fits the target time, and never above the ceiling', () => {
    const servo = new ChunkServo(100);
    expect(servo.rows).toBe(chunkRowsStart);
    servo.record(servo.rows, 1);
    expect(servo.rows).toBe(2 * chunkRowsStart);
    for (let n = 0; n < 20; n += 1) servo.record(servo.rows, 1);
    expect(servo.rows).toBe(chunkRowsMax);
    const gentle = new ChunkServo(100, true);
    for (let chunk = 0; chunk < 20; chunk += 1) gentle.record(gentle.rows, 1);
    expect(gentle.rows).toBe(gentleChunkRowsMax);
  });

  it('shrinks at once after a slow chunk', () => {
    const servo = new ChunkServo(100);
    servo.record(1_000, chunkTargetMs * 10);
    expect(servo.rows).toBe(100);
  });

  it('holds at the size that takes the target time', () => {
    const servo = new ChunkServo(100);
    for (let n = 0; n < 10; n += 1) servo.record(servo.rows, (servo.rows / 4_000) * chunkTargetMs);
    expect(servo.rows).toBe(4_000);
  });

  it('keeps wide rows within the target in bytes, down to one row', () => {
    expect(new ChunkServo(chunkBytesTarget / 10).rows).toBe(10);
    expect(new ChunkServo(chunkBytesTarget * 10).rows).toBe(1);
  });
});
