/** `npm run bench -- memory`: what one worker holds that carries many small migrations, one after the other. */
import { Client, Connection as TemporalConnection } from '@temporalio/client';
import { startLocalStack } from '../local-stack.js';
import { during, type Progress } from '../progress.js';
import { makeSmallTables, startSmallMigration } from './many-operations.js';
import type { MeasuredMemory, MemorySample } from './memory-report.js';
import { readProcessUsage } from './process-usage.js';
import { openBenchSession } from './sbtest.js';
import { withWorker } from './worker-run.js';

export interface MemoryOptions {
  readonly operations: number;
  readonly progress: Progress;
}

const rows = 100;
/** So often it is written down what the worker holds. */
const sampleEvery = 20;
/** What is not needed any more may have been given back by then. */
const restMs = 10_000;

/** Errors: DEV_START_FAILED, what a migration fails with. */
export async function benchMemory({ operations, progress }: MemoryOptions): Promise<MeasuredMemory> {
  const stack = await startLocalStack({ headless: true, stopOnSignals: true, progress });
  try {
    const session = await openBenchSession(stack.clusters.commerce);
    const connection = await TemporalConnection.connect({ address: stack.temporal.address });
    const client = new Client({ connection, namespace: stack.temporal.namespace });
    try {
      return await withWorker(stack, 'memory', async ({ pid }) => {
        const samples: MemorySample[] = [];
        const sample = async (name: string): Promise<void> => {
          samples.push({ name, usage: await readProcessUsage(pid) });
        };
        const task = progress.begin('Migrations', operations, 'migrations');
        await during(task, async () => {
          await sample('at its start');
          for (let done = 1; done <= operations; done += 1) {
            const table = `small_${done}`;
            await makeSmallTables(session, [table], rows);
            await (await startSmallMigration(client, table)).result();
            task.update(done, 'one after the other');
            if (done % sampleEvery === 0 || done === operations) await sample(`after ${done}`);
          }
        });
        await new Promise((resolve) => setTimeout(resolve, restMs));
        await sample(`${restMs / 1_000} s later`);
        return { operations, samples };
      });
    } finally {
      await connection.close();
      await session.end();
    }
  } finally {
    await stack.stop();
  }
}
