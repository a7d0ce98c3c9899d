/** The demos of moves as people run them, with fewer rows. The worker is the built one. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runScript } from './fixtures/run-fixture.js';

const demo = resolve(import.meta.dirname, '../../src/dev/demo-main.ts');

/** The first words of the lines, in their order. */
function labels(output: string): readonly string[] {
  return output.split('\n').map((line) => line.slice(0, 18).trim());
}

async function play(...args: readonly string[]): Promise<string> {
  const run = runScript(demo, ['move', '--rows', '3000', ...args]);
  let output = '';
  run.process.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  expect(await run.exited, `${output}${run.stderr()}`).toBe(0);
  return output;
}

describe('npm run demo -- move', () => {
  it('loses the source after the switch and completes without it', { timeout: 180_000 }, async () => {
    const output = await play();
    const steps = ['Copied', 'Verified', 'switchTraffic', 'Switched', 'Killed', 'Status', 'complete', 'forceComplete'];
    const cleaned = ['Back', 'Left on commerce', 'reconcile', 'Cleaned up', 'Still there', 'Check'];
    expect(labels(output)).toEqual(expect.arrayContaining([...steps, 'Residual', ...cleaned]));
    expect(output).toMatch(/^complete +refused: .*cannot be reached/m);
    expect(output).toMatch(/^A write there +is refused: 1644 /m);
    expect(output).toMatch(/^reconcile +removed, since the move was completed on cluster customer$/m);
    expect(output).toMatch(/^Still there +tables _sw_[0-9a-f]{10}_0_old$/m);
    expect(output).not.toMatch(/^Still there +triggers/m);
    expect(output).toContain('Nothing lost, nothing added.');
  });

  it('goes there and back and there again with --happy', { timeout: 180_000 }, async () => {
    const output = await play('--happy');
    expect(labels(output).filter((label) => /^(Switched|Reversed|Completed)$/.test(label))).toEqual([
      ...['Switched', 'Reversed', 'Switched'],
      'Completed',
    ]);
    expect(output).toMatch(/^Completed +completed; forced: false; verified: true/m);
    expect(output).not.toContain('Residual');
    expect(output).toContain('Nothing lost, nothing added.');
  });
});
