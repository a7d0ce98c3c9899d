/** `npm run worker -- --config FILE`: a worker against servers that the user has. */
import { Command } from 'commander';
import { wordsOf } from './run-worker.js';
import { work, type WorkerOptions } from './worker-verb.js';

const program = new Command('npm run worker --')
  .description('Runs a Switchyard worker. Temporal is found by the settings of the Temporal CLI.')
  .option('--config <file>', 'configuration file', 'switchyard.yaml')
  .option('--register-search-attributes', "register what Temporal's lists show, and end; needs no configuration")
  .parse();

work(program.opts<WorkerOptions>(), process.env).catch((error: unknown) => {
  process.stderr.write(`${wordsOf(error)}\n`);
  process.exit(1);
});
