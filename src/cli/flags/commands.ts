/** The commands of all kinds as verbs of the command line, made from the contract: a new one is a verb by itself. */
import type { z } from 'zod';
import { onlineDdlCommandDescriptions, onlineDdlCommandSchemas } from '../../contract/migration/commands.js';
import { moveCommandDescriptions, moveCommandSchemas } from '../../contract/move/commands.js';
import { tableCleanupCommandDescriptions, tableCleanupCommandSchemas } from '../../contract/retained-table.js';
import { dashed, placedFlags, type Flag, type PlacedFlag } from './flag.js';
import { switchFlags, throttleFlags } from './limits.js';
import { names } from './values.js';

type Schemas = Readonly<Record<string, z.ZodType>>;

/** By the type of the workflow that takes them. */
export const commandSchemas = {
  onlineDdl: onlineDdlCommandSchemas,
  moveTables: moveCommandSchemas,
  tableCleanup: tableCleanupCommandSchemas,
} as const satisfies Readonly<Record<string, Schemas>>;

type CommandedType = keyof typeof commandSchemas;

const descriptions: Readonly<Record<CommandedType, Readonly<Record<string, string>>>> = {
  onlineDdl: onlineDdlCommandDescriptions,
  moveTables: moveCommandDescriptions,
  tableCleanup: tableCleanupCommandDescriptions,
};

/** What people call them where that is not their own name with dashes. */
const verbs: Readonly<Record<string, string>> = { switchTraffic: 'switch', reverseTraffic: 'reverse' };

/** How a person has to agree before it is sent: by "yes", or by the name of what is meant. */
type Confirmation = 'yes' | 'name';

/** Those that cannot be taken back and throw something away. */
const confirmations: Readonly<Record<string, Confirmation>> = {
  forceComplete: 'name',
  cancel: 'yes',
  dropRetained: 'yes',
};

/** By the names of the fields. */
const flagOf: Readonly<Record<string, Flag>> = {
  reason: { value: 'text', about: 'why, for the audit log' },
  by: { value: 'who', about: 'who says so, for the audit log (you on this machine)' },
  dryRun: { about: 'only say what it would do' },
  ignoreWindow: { about: 'do not wait for the window' },
  reads: { about: 'the reads (both where neither is named)' },
  writes: { about: 'the writes' },
  acceptLoss: { about: 'give up a side that is gone, with what only it has; asks for the name' },
  force: { about: 'leave out what is gone' },
  components: { value: 'names', parse: names, about: 'only these parts: streams, fences, routing, sidecar' },
  overrideReachableSource: { about: 'although the source answers' },
  tables: { value: 'names', parse: names, about: 'only these of the retained tables' },
  ...(switchFlags as Readonly<Record<string, Flag>>),
  ...(throttleFlags as Readonly<Record<string, Flag>>),
};

export interface CommandVerb {
  /** As it is typed. */
  readonly verb: string;
  /** As it is sent. */
  readonly command: string;
  readonly about: string;
  readonly types: readonly CommandedType[];
  readonly flags: readonly PlacedFlag[];
  readonly confirmation: Confirmation | undefined;
}

/** The fields of a payload. */
export function fieldsOf(schema: z.ZodType): readonly string[] {
  const inner = schema as z.ZodType & { unwrap?: () => { readonly shape?: object }; readonly shape?: object };
  return Object.keys(inner.shape ?? inner.unwrap?.().shape ?? {});
}

/** Fields that are taken only to be refused by name. */
const notOffered: readonly string[] = ['forceAfter'];

function verbOf(command: string): CommandVerb {
  const types = (Object.keys(commandSchemas) as CommandedType[]).filter((type) => command in commandSchemas[type]);
  const fields = new Set(types.flatMap((type) => fieldsOf((commandSchemas[type] as Schemas)[command] as z.ZodType)));
  const flags = [...fields].flatMap((name) => {
    const flag = flagOf[name];
    if (flag === undefined && !notOffered.includes(name)) throw new Error(`${command}: the field ${name} has no flag`);
    return flag === undefined ? [] : placedFlags({ [name]: flag });
  });
  const [first = 'onlineDdl'] = types;
  return {
    ...{ command, types, flags },
    verb: verbs[command] ?? dashed(command),
    about: aboutOf(descriptions[first][command] ?? '', types),
    confirmation: confirmations[command],
  };
}

/** Without the example, which is one of JSON; of both kinds no kind is named, and fields are flags. */
function aboutOf(description: string, types: readonly CommandedType[]): string {
  const [about = ''] = description.split(' Example: ');
  const text =
    types.length > 1 ? about.replace(/\ba migration/g, 'an operation').replaceAll('migration', 'operation') : about;
  return text
    .replace(', with {},', '')
    .replace('null takes', 'none takes')
    .replace('force leaves', '--force leaves')
    .replace(/\b[a-z]+[A-Z][A-Za-z]*\b/g, (field) => `--${dashed(field)}`)
    .replace(/[.:]$/, '')
    .replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

/** All of them, in the order of the contract. */
export const commandVerbs: readonly CommandVerb[] = [
  ...new Set(Object.values<Schemas>(commandSchemas).flatMap((schemas) => Object.keys(schemas))),
].map(verbOf);
