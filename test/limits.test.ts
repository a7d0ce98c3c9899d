/** A limit stands where one looks for it: in src/limits, in the file of the part of src that alone uses it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** What has a file of limits: a folder of src, a storey of mysql, or the files directly under src. */
function partOf(file: string): string {
  const [top = '', storey = ''] = file.split('/');
  if (!file.includes('/')) return 'worker';
  return top === 'mysql' ? `${top}-${storey}` : top;
}

/** Of a file of limits, the part of src that it is for. */
function nameOf(file: string): string {
  return file.slice('limits/'.length, -'.ts'.length);
}

/** The file of a limit that these parts use. */
function placeFor(parts: readonly string[]): string {
  const [part] = parts;
  if (part === undefined) return 'none, since nobody uses it';
  if (parts.every((other) => other === part)) return part;
  return parts.every((other) => other.startsWith('mysql-')) ? 'mysql' : 'shared';
}

test('Each limit is in the file of the part that uses it', () => {
  const all = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const texts = new Map(all.map((file) => [file, readFileSync(join(source, file), 'utf8')]));
  const ofLimits = all.filter((file) => file.startsWith('limits/'));
  const users = new Map<string, string[]>();
  for (const [file, text] of texts) {
    const isLimits = ofLimits.includes(file);
    const part = isLimits ? nameOf(file) : partOf(file);
    const imports = isLimits
      ? /^import \{([^}]*)\} from '\.\/([\w-]+)\.js';$/gm
      : /^import \{([^}]*)\} from '[./]+\/limits\/([\w-]+)\.js';$/gm;
    for (const [, names = '', from] of text.matchAll(imports)) {
      for (const name of names.match(/\w+/g) ?? []) {
        const key = `${from}:${name}`;
        users.set(key, [...(users.get(key) ?? []), part]);
      }
    }
  }
  const misplaced = ofLimits.flatMap((file) => {
    const place = nameOf(file);
    // What follows without a remark of its own belongs to what stands before it: a default, its least and its most.
    const groups = [...(texts.get(file) ?? '').matchAll(/(?:^export const .*\n)+/gm)].map(([lines]) =>
      [...lines.matchAll(/^export const (\w+)/gm)].map(([, name = '']) => name),
    );
    return groups.flatMap((names) => {
      const wanted = placeFor(names.flatMap((name) => users.get(`${place}:${name}`) ?? []));
      return wanted === place ? [] : [`${names.join(', ')} stands in ${place}, belongs into ${wanted}`];
    });
  });
  expect(misplaced).toEqual([]);
});
