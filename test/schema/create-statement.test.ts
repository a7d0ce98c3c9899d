import { describe, expect, it } from 'vitest';
import {
  autoIncrementOf,
  checkNames,
  definitionFingerprintText,
  splitCreateStatement,
} from '../../src/schema/create-statement.js';
import { checked, everything, partitioned } from './show-create.js';

describe('splitCreateStatement', () => {
  it('finds every element of a table whose texts look like other elements', () => {
    const { elements } = splitCreateStatement(everything);
    expect(elements.map(({ kind, name, indexKind }) => [kind, name, indexKind].filter(Boolean).join(' '))).toEqual([
      ...['id', 'k, "(`', 'en', 'se', 'v', 'st', 'h', 'i', 'g', 'e', 'tx', 'ts'].map((name) => `column ${name}`),
      'primary PRIMARY primary',
      'index us unique',
      'index sp spatial',
      'index inv index',
      'index f,1 index',
      'index mv index',
      'index ft fulltext',
    ]);
    expect(elements.find(({ name }) => name === 'inv')?.text).toBe(
      "KEY `inv` (`en` DESC) COMMENT 'y, (' /*!80000 INVISIBLE */",
    );
  });

  it.each([
    ['everything', everything],
    ['partitioned', partitioned],
    ['checked', checked],
  ])('gives parts that make up the text again: %s', (_name, text) => {
    const { elements, options, partitioning } = splitCreateStatement(text);
    const body = elements.map((element) => `  ${element.text}`).join(',\n');
    const behind = [`) ${options}`, partitioning].filter((part) => part !== '').join('\n');
    const withoutLineEndings = text.replace(/ +$/gm, '');
    const [head] = withoutLineEndings.split('\n');
    expect(`${head}\n${body}\n${behind}`).toBe(withoutLineEndings);
  });

  it('tells the partitioning from a comment that looks like it', () => {
    const { options, partitioning } = splitCreateStatement(partitioned);
    expect(options).toMatch(/COMMENT='\) PARTITION BY \('$/);
    expect(partitioning).toMatch(/^\/\*!50100 PARTITION BY RANGE[^]*\*\/$/);
    expect(splitCreateStatement(everything).partitioning).toBe('');
  });
});

describe('the AUTO_INCREMENT counter', () => {
  it.each([
    [everything, '77'],
    [partitioned, '100'],
    [checked, null],
    [
      'CREATE TABLE `t` (\n  `id` bigint unsigned NOT NULL\n) ENGINE=InnoDB AUTO_INCREMENT=18446744073709551615',
      '18446744073709551615',
    ],
  ])('is read from the options only', (text, value) => {
    expect(autoIncrementOf(text)).toBe(value);
  });

  it('is not in the fingerprint, and nothing else is missing there', () => {
    expect(definitionFingerprintText(everything)).toBe(everything.replace(' AUTO_INCREMENT=77', ''));
    expect(definitionFingerprintText(checked)).toBe(checked);
    const later = everything.replace('=77', '=78');
    expect(definitionFingerprintText(later)).toBe(definitionFingerprintText(everything));
    const changed = everything.replace('`us` (`st`(5))', '`us` (`st`(6))');
    expect(definitionFingerprintText(changed)).not.toBe(definitionFingerprintText(everything));
  });
});

describe('checkNames', () => {
  it('tells names that follow a rename of the table from those that do not, by letter case and prefix', () => {
    const { explicit, automatic } = checkNames(checked);
    expect(explicit.map(({ name }) => name)).toEqual(['b pos', 'c2', 'CHK_CHK_7']);
    expect(automatic.map(({ name }) => name)).toEqual(['Chk_chk_1', 'Chk_chk_2', 'Chk_chk_x']);
    for (const { name, span } of [...explicit, ...automatic]) expect(checked.slice(...span)).toBe(`\`${name}\``);
  });
});
