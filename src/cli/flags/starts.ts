/** Flags for everything that a migration and a move can be started with. */
import type { OnlineDdlOptions } from '../../contract/migration/input.js';
import type { MoveTablesOptions } from '../../contract/move/input.js';
import { placedFlags, type FlagsFor, type FlagTree, type PlacedFlag } from './flag.js';
import { cutOverFlags, switchFlags, throttleFlags } from './limits.js';
import { duration, names, place, verifyAgain } from './values.js';

const ofBoth = {
  postponeLaunch: { about: 'check everything now, but copy nothing before launch' },
  completeAt: { value: 'moment', about: 'no attempt before this moment, such as 2026-12-24T02:00:00+01:00' },
  retainFor: { value: 'duration', parse: duration, about: 'how long what is replaced is kept, such as 7d (24h)' },
  verifyAgain: {
    value: 'every',
    parse: verifyAgain,
    about: 'how long after a comparison the next one begins while it waits, such as 6h (1h); or never',
  },
} satisfies FlagTree;

const migrationFlags: FlagsFor<OnlineDdlOptions> = {
  ...ofBoth,
  postponeCompletion: { about: 'do everything up to the cut-over, then wait for resume' },
  cutOver: cutOverFlags,
  throttle: {},
  verify: { sets: false, about: 'do not compare the new table with the old one' },
  allowDestructive: {
    sets: false,
    about: 'end before anything is made where the statement destroys or narrows something',
  },
  sqlMode: { value: 'modes', about: "the sql_mode of the statement (the server's own)" },
  context: { value: 'text', about: 'free text that stays in the input, such as a ticket' },
};

const moveFlags: FlagsFor<MoveTablesOptions> = {
  ...ofBoth,
  autoSwitch: { about: 'switch reads and writes without a command, once, when it is ready' },
  autoComplete: { about: 'complete without a command, once, after a switch' },
  reverseReplication: { sets: false, about: 'do not follow back to the source after the switch: there is no way back' },
  verifyBeforeSwitch: { sets: false, about: 'do not compare the tables before the switch' },
  sourceTables: { value: 'what', about: "what becomes of the source's tables: rename, drop or keep (rename)" },
  json: { called: 'json-documents', value: 'how', about: 'how JSON documents travel: exact or text (exact)' },
  switch: switchFlags,
  throttle: {},
  deferSecondaryIndexes: { sets: false, about: 'build secondary indexes before the copy, not after it' },
};

const throttled = placedFlags(throttleFlags, ['options', 'throttle'], 'throttle-');

/** Of `ddl`, for the whole input but the statement. */
export const startMigrationFlags: readonly PlacedFlag[] = [
  ...placedFlags({
    cluster: { value: 'name', about: "the cluster, by its name in the workers' configuration" },
    database: { value: 'name', about: 'the database of the table' },
  }),
  ...placedFlags(migrationFlags, ['options']),
  ...throttled,
];

/** Of `move`, for the whole input but its name. */
export const startMoveFlags: readonly PlacedFlag[] = [
  { name: 'from', path: ['source'], value: 'cluster/database', parse: place, about: 'where the tables are' },
  { name: 'to', path: ['target'], value: 'cluster/database', parse: place, about: 'where they go' },
  ...placedFlags({
    tables: { value: 'names', parse: names, about: 'the tables, with commas between them' },
    allTables: { about: 'all tables of the database' },
    excludeTables: { value: 'names', parse: names, about: 'those that stay, of all' },
  }),
  ...placedFlags(moveFlags, ['options']),
  ...throttled,
];
