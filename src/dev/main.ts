/** `npm run dev`. */
import { Command, CommanderError } from 'commander';
import { withDev } from './verbs.js';

withDev(new Command('npm run dev --'))
  .exitOverride()
  .parseAsync()
  // Commander has said it; a wrong option is 2, --help is 0.
  .catch((error: unknown) => process.exit(error instanceof CommanderError && error.exitCode === 0 ? 0 : 2));
