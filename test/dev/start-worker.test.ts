import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWorker, type WorkerProcess } from '../../src/dev/start-worker.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-worker-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(source: string): Promise<WorkerProcess> {
  const script = join(folder, 'worker.mjs');
  writeFileSync(script, source);
  const temporal = { address: '127.0.0.1:1', namespace: 'default' };
  return startWorker({ configFile: '/c.yaml', temporal, logFile: join(folder, 'worker.log'), script });
}

describe('startWorker', () => {
  it('returns when the worker says that it polls, and hands it only the local Temporal', async () => {
    vi.stubEnv('TEMPORAL_API_KEY', 'of another server');
    const worker = await start(`
      const temporal = Object.entries(process.env).filter(([name]) => name.startsWith('TEMPORAL_')).sort();
      const expected = [['TEMPORAL_ADDRESS', '127.0.0.1:1'], ['TEMPORAL_CONFIG_FILE', ${JSON.stringify(join(folder, 'no-temporal-settings.toml'))}], ['TEMPORAL_NAMESPACE', 'default']];
      if (JSON.stringify(temporal) !== JSON.stringify(expected)) throw new Error(JSON.stringify(temporal));
      if (process.argv.slice(2).join(' ') !== '--config /c.yaml') throw new Error(process.argv.join(' '));
      console.error('worker ready');
      setInterval(() => {}, 1000);
    `);
    vi.unstubAllEnvs();
    await worker.stop();
    expect(await worker.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('fails with the last lines of a worker that ends first', async () => {
    const starting = start(`console.error('clusters.commerce.port is missing'); process.exit(1);`);
    await expect(starting).rejects.toMatchObject({
      code: 'DEV_START_FAILED',
      message: /exit code 1.*\n.*clusters\.commerce\.port is missing/,
    });
  });

  it('says what to do where the worker is not built', async () => {
    const temporal = { address: '127.0.0.1:1', namespace: 'default' };
    const script = join(folder, 'absent.js');
    const starting = startWorker({ configFile: '/c.yaml', temporal, logFile: join(folder, 'w.log'), script });
    await expect(starting).rejects.toMatchObject({ code: 'DEV_TOOL_MISSING', remedy: /npm run build/ });
  });
});
