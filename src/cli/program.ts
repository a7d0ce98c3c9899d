/** The program `switchyard`: its verbs, and what becomes of mistakes. */
import { Command, CommanderError } from 'commander';
import type { AddVerb, Context } from './context.js';
import { errorShown, errorWords, exitCodeOf, exitCodes, UsageProblem, type ExitCode } from './ends.js';
import { writeJson } from './terminal.js';

const about = `Changes schemas of MySQL tables, and moves tables between clusters, while applications go on.

An ID is that of the workflow, such as online-ddl/commerce/shop/orders or move-tables/orders; what "switchyard ddl" and
"switchyard move" have started, "switchyard status" lists. Ctrl-C ends the looking and never the operation.`;

const ends = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 refused, 4 too late, 5 Temporal or workers do not answer.`;

export function createProgram(verbs: readonly AddVerb[], context: Context, version: string): Command {
  const { terminal } = context;
  const program = new Command('switchyard')
    .description(about)
    .version(version, '--version', 'the version of this program')
    .helpOption('--help', 'show this')
    .helpCommand('help [verb]', 'show what a verb takes')
    // What stands behind a verb is for that verb.
    .enablePositionalOptions()
    .addHelpText('after', ends)
    .configureHelp({ helpWidth: Math.min(120, Number.isFinite(terminal.columns) ? terminal.columns : 120) })
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.complain(text),
      // Said once, below, in the form that is wanted.
      outputError: () => undefined,
    })
    .exitOverride();
  for (const add of verbs) add(program, context);
  program.commandsGroup('Ask:');
  return program;
}

/** Does what the words ask for. Never throws: what goes wrong is said. @returns the exit code. */
export async function run(
  verbs: readonly AddVerb[],
  words: readonly string[],
  context: Context,
  version: string,
): Promise<ExitCode> {
  try {
    await createProgram(verbs, context, version).parseAsync(words, { from: 'user' });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && isHelp(error)) return words.length === 0 ? exitCodes.usage : exitCodes.done;
    const problem = error instanceof CommanderError ? usageOf(error, words) : error;
    const shown = errorShown(problem);
    if (words.includes('--json')) writeJson(context.terminal, shown);
    else context.terminal.complain(`${errorWords(shown)}\n`);
    return exitCodeOf(problem);
  }
}

function isHelp({ code }: CommanderError): boolean {
  return ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code);
}

/** What the parser says, as a sentence. */
function usageOf({ code, message }: CommanderError, words: readonly string[]): UsageProblem {
  const said = message
    .replace(/^error: /, '')
    .replace(/^./, (letter) => letter.toUpperCase())
    .replace('\n(Did you mean', '. (Did you mean')
    .replace(/([^.?)])$/, '$1.');
  const [verb = ''] = words;
  if (code === 'commander.excessArguments' && verb === 'ddl') {
    return new UsageProblem(`${said} Put the whole statement between quotes.`);
  }
  const asked = verb.startsWith('-') || code === 'commander.unknownCommand' ? '' : `${verb} `;
  return new UsageProblem(`${said} "switchyard ${asked}--help" says what there is.`);
}
