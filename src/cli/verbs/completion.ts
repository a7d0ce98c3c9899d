/** `switchyard completion`: what a shell offers at the Tab key, made from the program itself. */
import { Argument, type Command } from 'commander';
import type { AddVerb } from '../context.js';
import { exitCodes } from '../ends.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** A verb with what can stand behind it. */
interface Completed {
  readonly verb: string;
  readonly about: string;
  readonly flags: readonly { readonly flag: string; readonly about: string }[];
  readonly subcommands: readonly string[];
}

/** Whatever the program has. */
function completedIn(program: Command): readonly Completed[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => ({
    verb: command.name(),
    about: firstSentence(command.description()),
    flags: help
      .visibleOptions(command)
      .map(({ long, description }) => ({ flag: long ?? '', about: firstSentence(description) })),
    subcommands: command.commands.map((one) => one.name()),
  }));
}

function firstSentence(text: string): string {
  return text.replace(/[.;,(].*$/s, '').trim();
}

const scripts: Readonly<Record<Shell, (verbs: readonly Completed[]) => string>> = { bash, zsh, fish };

export const addCompletion: AddVerb = (program, context) => {
  program
    .commandsGroup('Ask:')
    .command('completion')
    .description('prints what makes a shell complete verbs and flags.')
    .addArgument(new Argument('<shell>', 'for which').choices(shells))
    .addHelpText(
      'after',
      `
bash   source <(switchyard completion bash)                              in ~/.bashrc
zsh    source <(switchyard completion zsh)                               in ~/.zshrc, after compinit
fish   switchyard completion fish > ~/.config/fish/completions/switchyard.fish`,
    )
    .action((shell: Shell) => {
      context.terminal.write(scripts[shell](completedIn(program)));
      context.exitCode = exitCodes.done;
    });
};

function wordsOf({ flags, subcommands }: Completed): string {
  return [...subcommands, ...flags.map(({ flag }) => flag)].join(' ');
}

function bash(verbs: readonly Completed[]): string {
  const cases = verbs.map((one) => `    ${one.verb}) words='${wordsOf(one)}' ;;`);
  return `_switchyard() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${verbs.map(({ verb }) => verb).join(' ')} --help --version'
  else case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _switchyard switchyard
`;
}

/** Inside of single quotes, where zsh takes a colon for the end of a word. */
function forZsh(text: string): string {
  return text.replaceAll("'", `'\\''`).replaceAll(':', '\\:').replace(/[[\]]/g, '\\$&');
}

function zsh(verbs: readonly Completed[]): string {
  const described = verbs.map(({ verb, about }) => `    '${verb}:${forZsh(about)}'`);
  const cases = verbs.map(({ verb, flags, subcommands }) => {
    const options = flags.map(({ flag, about }) => `'${flag}[${forZsh(about)}]'`);
    const first = subcommands.length > 0 ? [`'1:what:(${subcommands.join(' ')})'`] : [];
    return `      ${verb}) _arguments ${[...options, ...first, "'*:file:_files'"].join(' ')} ;;`;
  });
  return `#compdef switchyard
_switchyard() {
  local -a verbs
  verbs=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe 'verb' verbs
  else
    local verb="\${words[2]}"
    shift words
    (( CURRENT-- ))
    case "$verb" in
${cases.join('\n')}
    esac
  fi
}
compdef _switchyard switchyard
`;
}

function forFish(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

function fish(verbs: readonly Completed[]): string {
  const lines = verbs.flatMap(({ verb, about, flags, subcommands }) => [
    `complete -c switchyard -n __fish_use_subcommand -f -a ${verb} -d '${forFish(about)}'`,
    ...subcommands.map((one) => `complete -c switchyard -n '__fish_seen_subcommand_from ${verb}' -a ${one}`),
    ...flags.map(
      ({ flag, about: what }) =>
        `complete -c switchyard -n '__fish_seen_subcommand_from ${verb}' -l ${flag.replace(/^--/, '')} -d '${forFish(what)}'`,
    ),
  ]);
  return `${lines.join('\n')}\n`;
}
