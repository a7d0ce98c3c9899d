/** `npm run demo`. */
import { Command } from 'commander';
import { withDemo } from './verbs.js';

await withDemo(new Command('npm run demo --')).parseAsync();
