import { describe, expect, it } from 'vitest';
import { RateMeter } from '../../../../src/mysql/table/synchronise/rate-meter.js';

describe('RateMeter', () => {
  it('measures over the last seconds and says what is left', () => {
    const meter = new RateMeter(10_000);
    meter.at(0, 0);
    expect(meter.at(2_000, 1_000)).toEqual({
      ...{ rows: 2_000, rowsEstimated: 10_000, percent: 20, rowsPerSecond: 2_000, etaSeconds: 4 },
    });
    for (let second = 2; second <= 30; second += 1) meter.at(2_000 + second * 10, second * 1_000);
    expect(meter.at(2_310, 31_000).rowsPerSecond).toBe(10);
  });

  it('never says 100 % before the end, and never less rows than there are', () => {
    const meter = new RateMeter(100);
    meter.at(0, 0);
    expect(meter.at(150, 1_000)).toMatchObject({ percent: 99, rowsEstimated: 150 });
  });

  it('says nothing of the time that is left while nothing moves', () => {
    expect(new RateMeter(100).at(0, 0)).not.toHaveProperty('etaSeconds');
  });
});
