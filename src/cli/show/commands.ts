/** Commands as somebody would type them here. */
import { shellWord } from '../../contract/command-line.js';
import { dashed } from '../flags/flag.js';
import { commandVerbs } from '../flags/commands.js';
import type { NamedCommand } from '../../lifecycle/operation/next-step.js';

/** @returns such as `switchyard resume online-ddl/commerce/shop/orders --ignore-window`. */
export function typedCommand(workflowId: string, { name, input }: NamedCommand): string {
  const verb = commandVerbs.find(({ command }) => command === name)?.verb ?? dashed(name);
  const words = Object.entries(input).flatMap(([field, value]) => {
    const flag = `--${dashed(field)}`;
    if (value === true) return [flag];
    // Only a person can say why.
    return [flag, value === '' ? "'…'" : shellWord(Array.isArray(value) ? value.join(',') : String(value))];
  });
  return ['switchyard', verb, shellWord(workflowId), ...words].join(' ');
}
