/**
 * What an error of MySQL means for an operation: the one table of its numbers. Pure. A number has its kind by name
 * here, or because it was looked at and is none of our business; one that is newer than the table has it by its SQLSTATE. A
 * test walks the server's own list and asks for a rule (test/mysql/server/session/error-kinds.test.ts).
 */

/**
 * `passes`: tried again, it is over soon. `environment`: tried again until a person has done something on the server.
 * `data`: a value or a row is refused. `statement`: the server refuses what was written. `unknown`: everything else.
 */
export type ServerErrorKind = 'passes' | 'environment' | 'data' | 'statement' | 'unknown';

/** What is in the way; for what passes and for the environment. */
export type ServerErrorCause = 'connection' | 'contention' | 'space' | 'readOnly' | 'access' | 'limit' | 'health';

export interface ServerErrorRule {
  readonly kind: ServerErrorKind;
  readonly cause?: ServerErrorCause;
  readonly has: (number: number, sqlState: string | undefined) => boolean;
}

/**
 * By number, looked through for MySQL 9.7. What can fail while an expression is evaluated is of the data: on another row the
 * same expression works.
 */
const byNumber: readonly ServerErrorRule[] = [
  rule(
    'passes',
    '1040 1042 1043 1047 1053 1077-1081 1135 1152 1154-1161 1184 1189 1190 1218 1835 1927 3168 3169 4031 6141',
    'connection',
  ),
  // Locks, deadlocks, statements that somebody ended, a group of servers that is just changing.
  rule(
    'passes',
    '1020 1205 1213 1297 1317 1412 1615 1637 1689 1725 1807 3024 3058 3101 3132 3133 3177 3193 3572 3633 3634 ' +
      '3781-3783 3796-3799 3874 3917 3918 4094',
    'contention',
  ),
  // Storage of data, temporary files and binlogs that is full or broken; 1030 and 1180 tell the error of the system.
  rule(
    'environment',
    '1004 1006 1015 1016 1021 1024-1026 1030 1034 1098 1114 1180-1182 1374 1376 1534 1593 1598 1810 1811 1878 3019 3675 ' +
      '3680 3884',
    'space',
  ),
  rule('environment', '1036 1290 1792 1836 1874 1881 3032 3983 3984 3989 4049 6400', 'readOnly'),
  rule(
    'environment',
    '1044 1045 1095 1129-1133 1142 1143 1227 1251 1345 1370 1419 1449 1524 1698 1820 1862 1873 3118 3159 3160 3164 ' +
      '3202 3552-3557 3566 3620 3630 3879 3891 3892 3955 6038 6126 6127 6427 6444 6544',
    'access',
  ),
  rule('environment', '1104 1153 1162 1197 1203 1206 1226 1301 1390 1461 1705 1799 3068 3100 3231 4081 4082', 'limit'),
  // Memory, damage, encryption keys, time zones, binlogs that cannot be read.
  rule(
    'environment',
    '1012 1017 1018 1033 1035 1037 1038 1041 1119 1126 1194 1195 1236 1298 1436 1459 1587 1696 1707 1712 1728 1775 ' +
      '1812 1814 1817 1866 1877 3000 3003 3015 3044 3170 3185 3784-3787 3790 3801 3888 3950 3985',
    'health',
  ),
  rule(
    'data',
    '1022 1048 1062 1118 1138 1139 1169 1216 1217 1256-1260 1262-1265 1292 1299 1300 1364-1367 1406 1411 1416 1441 ' +
      '1451 1452 1467 1470 1525 1526 1557 1569 1575 1586 1591 1690 1713 1737 1748 1761 1762 1859 1863 1882 3020 ' +
      '3033-3043 3045-3055 3064 3069-3073 3122 3134 3140-3151 3153-3158 3165 3513 3514 3516 3520 3521 3548 3558-3564 ' +
      '3616-3618 3643 3665 3666 3669 3672 3673 3682-3700 3704-3706 3726 3727 3731 3732 3741-3744 3751 3752 3819 ' +
      '3852-3854 3882 3902-3908 3934 3966 3967 3987 3988 3997 3998 4007 4032-4034 6107 6136-6138 6527',
  ),
  rule(
    'statement',
    '1005 1031 1052 1054-1061 1063 1064 1066-1075 1082-1084 1089-1091 1093 1096 1097 1101-1103 1106-1108 1110-1113 ' +
      '1115-1117 1120-1125 1127 1128 1136 1140 1141 1144 1145 1147-1149 1163-1168 1170-1173 1176-1178 1191 1211 1214 ' +
      '1215 1221 1222 1225 1230-1232 1234 1235 1239 1241 1242 1247 1248 1250 1252 1253 1267 1270 1271 1273 1280-1284 ' +
      '1286 1288 1289 1291 1294 1302 1304 1305 1308-1310 1312-1316 1318-1320 1322-1324 1327 1330-1333 1335-1338 ' +
      '1347-1353 1356 1362 1363 1391 1403 1407 1410 1413-1415 1418 1425-1427 1437 1439 1453 1458 1460 1463 1464 1471 ' +
      '1473 1478-1481 1484-1523 1527 1530-1532 1553 1562-1567 1572 1578 1580-1585 1628-1630 1641 1652-1660 1687 1688 ' +
      '1697 1701 1706 1709 1731-1736 1740 1746 1747 1757 1764 1785 1786 1793 1795-1798 1800 1801 1808 1809 1813 1816 ' +
      '1818 1821-1833 1845-1857 1860 1861 1886 3008 3013 3014 3028 3029 3057 3061 3065 3066 3087 3088 3098 3102-3110 ' +
      '3119 3131 3152 3161 3174 3175 3178 3183 3184 3187 3192 3500 3502 3504 3505 3510 3522 3550 3568 3569 3573-3603 ' +
      '3622 3642 3644 3667 3670 3723 3728-3730 3733 3734 3750 3753-3776 3780 3800 3812-3818 3820-3834 3837 3855 3886 ' +
      '3890 3913 3939-3943 3948 3953 3954 3959 3973 3978-3981 3994 3995 3999 4023-4028 4048 4075 4083 4086 4088 4089 ' +
      '4092 4099-4101 4108-4114 4129-4132 4157 4158 4163 4169 6004-6007 6009 6033-6037 6108 6122-6125 6134 6135 6407 ' +
      '6412 6413 6417 6428-6430 6432 6433 6436 6446-6484 6504 6508-6513 6562-6577',
  ),
];

/** Newer ones by the class that the server itself gives them: connection, rollback, authorisation, data, statement. */
const bySqlState: readonly ServerErrorRule[] = [
  { kind: 'passes', cause: 'connection', has: (_number, state) => /^08/.test(state ?? '') },
  { kind: 'passes', cause: 'contention', has: (_number, state) => /^40/.test(state ?? '') },
  { kind: 'environment', cause: 'access', has: (_number, state) => /^28/.test(state ?? '') },
  { kind: 'data', has: (_number, state) => /^2[23]/.test(state ?? '') },
  { kind: 'statement', has: (_number, state) => /^(0A|21|42)/.test(state ?? '') },
];

/**
 * Looked at, and nothing that our statements could meet and that would tell what to do: replication, stored programs,
 * plugins, cloning, accounts, deprecations. From 10,000 on they are for the server's log.
 */
const lookedAt = rule('unknown', '1000-1887 3000-3238 3500-4169 6000-6579 10000-19999');

const rules: readonly ServerErrorRule[] = [...byNumber, lookedAt, ...bySqlState];

/** The rule for an error; undefined for one that is newer than the table. @param sqlState where it is known. */
export function serverErrorRule(number: number, sqlState?: string): ServerErrorRule | undefined {
  return rules.find(({ has }) => has(number, sqlState));
}

export function serverErrorKind(number: number, sqlState?: string): ServerErrorKind {
  return serverErrorRule(number, sqlState)?.kind ?? 'unknown';
}

/** A transaction, a statement or a result was too large for a limit or for the memory: what is smaller may pass. */
export const tooLargeNumbers: ReadonlySet<number> = numbersOf('1037 1041 1153 1162 1197 1206 1301 1705 3015 3100 3231');

/**
 * Whether a warning says that a value was changed or refused (P5); deprecations and remarks do not. With 1301 a value became
 * NULL, although as an error it is one of the environment.
 */
export function isWarningOfData(number: number): boolean {
  return serverErrorKind(number) === 'data' || number === 1301;
}

/** Words of the server that quote what a statement or a program says, though the number is not of the data. */
const quotingNumbers = numbersOf(
  '1064 1149 1220 1642-1644 1676 1710 1711 1756 3200 3877 4087 4134 4152 6000 6113-6118 6485-6501',
);

/** Whether the server's words may quote a value of a row: they are not passed on then (P8). */
export function mayQuoteValues(number: number, sqlState?: string): boolean {
  const { kind } = serverErrorRule(number, sqlState) ?? {};
  return kind === undefined || kind === 'data' || quotingNumbers.has(number);
}

function rule(kind: ServerErrorKind, numbers: string, cause?: ServerErrorCause): ServerErrorRule {
  const members = numbersOf(numbers);
  return { kind, ...(cause === undefined ? {} : { cause }), has: (number) => members.has(number) };
}

/** @param text numbers and ranges: `1040 1077-1081`. */
function numbersOf(text: string): ReadonlySet<number> {
  const members = new Set<number>();
  for (const part of text.split(' ')) {
    const [first = 0, last = first] = part.split('-').map(Number);
    for (let number = first; number <= last; number += 1) members.add(number);
  }
  return members;
}
