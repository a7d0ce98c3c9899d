/**
 * docs/cli.md says what the program has. Its list of verbs is made from the program: where this fails, a verb or a flag has
 * changed, and `npx vitest run --project alone test/docs/cli.test.ts -u` writes the list anew.
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.js';
import { exitCodes } from '../../src/cli/ends.js';
import { verbs } from '../../src/cli/verbs.js';
import { createProgram } from '../../src/cli/program.js';
import { wrapped } from '../../src/cli/show/text.js';
import { blocks, listed, read, root, section } from './pages.js';

const page = 'docs/cli.md';
const listTitle = '## All verbs\n';

const context: Context = {
  ...{ env: {}, by: '', everyMs: 0, exitCode: exitCodes.done },
  connect: () => Promise.reject(new Error('nobody is asked')),
  terminal: {
    write: () => undefined,
    complain: () => undefined,
    ...{ isWatched: false, canAsk: false, columns: 120, rows: 40, colours: pc.createColors(false) },
    ask: () => Promise.resolve(''),
    onInterrupt: () => () => undefined,
  },
};
const program = createProgram(
  verbs(() => Promise.resolve()),
  context,
  '0.0.0',
);

/** What the page says of all verbs at once. */
const ofMany = ['--address', '--namespace', '--profile', '--json', '--help', '--wait', '--wait-for', '--timeout'];

/** A verb, and below it its own flags; then its subcommands. */
function linesOf(command: Command, before = ''): readonly string[] {
  const help = program.createHelp();
  const name = `${before}${command.name()}`;
  const words = command.registeredArguments.map((argument) => help.argumentTerm(argument));
  const flags = help.visibleOptions(command).flatMap(({ long }) => (long && !ofMany.includes(long) ? [long] : []));
  const taken = flags.length === 0 ? [] : wrapped(flags.join(' '), 100).map((line) => `    ${line}`);
  return [[name, ...words].join(' '), ...taken, ...command.commands.flatMap((one) => linesOf(one, `${name} `))];
}

describe(page, () => {
  it('lists all verbs with their flags', async () => {
    const [before = ''] = read(page).split(listTitle);
    const [, intro = ''] = /(This list[\s\S]*?)\n\n```/.exec(read(page)) ?? [];
    const listedVerbs = program
      .createHelp()
      .visibleCommands(program)
      .filter((command) => command.name() !== 'help');
    const list = listedVerbs.flatMap((command) => linesOf(command)).join('\n');
    const text = `${before}${listTitle}\n${intro}\n\n\`\`\`text\n${list}\n\`\`\`\n`;
    await expect(text).toMatchFileSnapshot(resolve(root, page));
  });

  it('shows command lines that the program understands', () => {
    const lines = blocks(page, 'sh').flatMap((block) => block.match(/switchyard (?:'[^']*'|[^\n)>'])+/g) ?? []);
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) {
      const [, ...words] = [...line.trim().matchAll(/'([^']*)'|(\S+)/g)].map(
        ([, quoted, bare]) => quoted ?? bare ?? '',
      );
      const [verb = '', ...rest] = words;
      const command = program.commands.find((one) => one.name() === verb);
      expect(command, line).toBeDefined();
      const { operands, unknown } = (command as Command).parseOptions(rest);
      expect(unknown, line).toEqual([]);
      expect(operands.length, line).toBeLessThanOrEqual(1);
    }
  });

  it('explains every exit code, and every flag that it names is one', () => {
    const codes = listed(section(page, 'Exit codes')).map(Number);
    expect(codes.toSorted()).toEqual(Object.values(exitCodes).toSorted());
    const known = new Set(
      program.commands
        .flatMap((command) => [command, ...command.commands])
        .flatMap(({ options }) => options.map(({ long }) => long)),
    );
    const named = [...read(page).matchAll(/`(--[a-z-]+)/g)].map(([, flag]) => flag);
    for (const flag of new Set(named)) expect(known, flag).toContain(flag);
  });
});
