/** Settings of a server under which the cases run: a definition or a value means another thing under each of them. */

export interface ServerSettings {
  readonly name: string;
  /** The TZ of the server's process, since its time_zone is SYSTEM; written out, since a machine may have no zone files. */
  readonly timeZone: string;
  readonly args: readonly string[];
  /** Cases that are refused under them and not elsewhere, by the code. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Cases whose table cannot be made under them. */
  readonly unfit?: readonly string[];
  /** Which cases `npm test` runs under them; absent: none. All run with `npm run test:matrix`. */
  readonly selection?: RegExp;
}

const strict = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO';
const summerTime = 'EST5EDT,M3.2.0,M11.1.0';

/** In NO_BACKSLASH_ESCAPES each ALTER TABLE changes such expressions. */
const backslashes = {
  'backslash-expressions': 'BACKSLASHES_WOULD_CHANGE',
  'emoji-definitions': 'BACKSLASHES_WOULD_CHANGE',
  'other-charsets-in-definitions': 'BACKSLASHES_WOULD_CHANGE',
};

/** The first one has what a server has by itself, in a zone with summer time: there each case runs always. */
export const settings: readonly ServerSettings[] = [
  { name: 'as delivered', timeZone: summerTime, args: ['--max-allowed-packet=64M'], selection: /./ },
  {
    name: 'many at once',
    timeZone: 'IST-5:30',
    args: [
      ...[`--sql-mode=${strict},NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT`, '--lc-messages=de_DE'],
      ...['--binlog-row-image=MINIMAL', '--innodb-strict-mode=OFF', '--sql-generate-invisible-primary-key=ON'],
      ...['--character-set-server=latin1', '--collation-server=latin1_german1_ci', '--max-allowed-packet=1M'],
      '--performance-schema-consumer-events-transactions-current=OFF',
    ],
    refused: backslashes,
    unfit: ['blobs-large', 'bit-vector-text', 'other-charsets-in-definitions', 'varchar-lengths'],
    selection: /^(backslash|check-|default|emoji|functional|key-|null-to|timestamp|unique|auto-increment-kept)/,
  },
  { name: 'UTC', timeZone: 'UTC', args: ['--max-allowed-packet=64M'] },
  { name: 'west of UTC', timeZone: 'X8', args: ['--max-allowed-packet=64M'] },
  ...['NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES', 'PAD_CHAR_TO_FULL_LENGTH'].map((mode) => ({
    name: mode,
    timeZone: 'IST-5:30',
    args: ['--max-allowed-packet=64M', `--sql-mode=${strict},${mode}`],
    refused: mode === 'NO_BACKSLASH_ESCAPES' ? backslashes : {},
  })),
  {
    name: 'permissive',
    timeZone: 'IST-5:30',
    args: ['--max-allowed-packet=64M', '--sql-mode='],
    // There the server cuts what does not fit; rows are never taken like that.
    refused: { 'enum-umlauts-to-utf8mb4': 'DATA_NOT_CONVERTIBLE' },
  },
  { name: 'German', timeZone: 'UTC', args: ['--max-allowed-packet=64M', '--lc-messages=de_DE'] },
  {
    name: 'latin1',
    timeZone: 'UTC',
    args: ['--max-allowed-packet=64M', '--character-set-server=latin1', '--collation-server=latin1_german1_ci'],
    unfit: ['bit-vector-text', 'other-charsets-in-definitions', 'varchar-lengths'],
  },
  { name: 'MINIMAL images', timeZone: 'UTC', args: ['--max-allowed-packet=64M', '--binlog-row-image=MINIMAL'] },
  {
    name: 'keys by the server',
    timeZone: 'UTC',
    args: ['--max-allowed-packet=64M', '--sql-generate-invisible-primary-key=ON', '--sql-require-primary-key=ON'],
  },
  { name: 'not strict', timeZone: 'UTC', args: ['--max-allowed-packet=64M', '--innodb-strict-mode=OFF'] },
  {
    name: 'without consumers',
    timeZone: 'UTC',
    args: [
      ...['--max-allowed-packet=64M', '--performance-schema-consumer-events-transactions-current=OFF'],
      '--performance-schema-consumer-events-statements-current=OFF',
    ],
  },
];
