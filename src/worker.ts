/** `npm run worker -- --config FILE`: a worker against servers that the user has. */
import { Command } from 'commander';
import { loadConfig } from './config/config.js';
import { registerInNamespace } from './register-search-attributes.js';
import { runWorker, wordsOf } from './run-worker.js';

async function main(): Promise<void> {
  const program = new Command('npm run worker --')
    .description('Runs a Switchyard worker. Temporal is found by the settings of the Temporal CLI.')
    .option('--config <file>', 'configuration file', 'switchyard.yaml')
    .option('--register-search-attributes', "register what Temporal's lists show, and end; needs no configuration")
    .parse();
  const { config, registerSearchAttributes } = program.opts<{ config: string; registerSearchAttributes?: true }>();
  if (registerSearchAttributes) {
    process.stdout.write(`${await registerInNamespace()}\n`);
    return;
  }
  await runWorker(loadConfig(config, process.env));
}

main().catch((error: unknown) => {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
});
