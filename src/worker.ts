/** `npm run worker -- --config FILE`: a worker against servers that the user has. */
import { Command } from 'commander';
import { loadConfig } from './config/config.js';
import { SwitchyardError } from './errors/switchyard-error.js';
import { runWorker } from './run-worker.js';

async function main(): Promise<void> {
  const program = new Command('npm run worker --')
    .description('Runs a Switchyard worker. Temporal is found by the settings of the Temporal CLI.')
    .option('--config <file>', 'configuration file', 'switchyard.yaml')
    .parse();
  const { clusters, router, taskQueue } = loadConfig(program.opts<{ config: string }>().config, process.env);
  await runWorker({ clusters, router, taskQueue });
}

main().catch((error: unknown) => {
  const text = error instanceof SwitchyardError ? `${error.code}: ${error.message}\n${error.remedy}` : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
