/** What SHOW CREATE TABLE of MySQL 9.7.4 says about a few tables with traps in their texts. */

/** Columns, defaults, comments and indexes of every kind. */
export const everything = [
  'CREATE TABLE `we``ird %s, (x)` (',
  '  `id` bigint unsigned NOT NULL AUTO_INCREMENT,',
  "  `k, \"(``` varchar(40) DEFAULT 'it''s, (x) ` \\\\' COMMENT 'change a, drop `b` -- # /* x */ AUTO_INCREMENT=3',",
  "  `en` enum('unsigned',',)','json') DEFAULT ',)',",
  "  `se` set('json','x') DEFAULT NULL,",
  '  `v` int GENERATED ALWAYS AS ((`i` + 1)) VIRTUAL,',
  "  `st` varchar(30) GENERATED ALWAYS AS (concat(_utf8mb4'x,(',`en`)) STORED NOT NULL,",
  '  `h` json DEFAULT NULL,',
  '  `i` int DEFAULT NULL /*!80023 INVISIBLE */,',
  '  `g` point NOT NULL /*!80003 SRID 4326 */,',
  '  `e` varchar(36) DEFAULT (uuid()),',
  '  `tx` text,',
  '  `ts` timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),',
  '  PRIMARY KEY (`id`),',
  '  UNIQUE KEY `us` (`st`(5)),',
  '  SPATIAL KEY `sp` (`g`),',
  "  KEY `inv` (`en` DESC) COMMENT 'y, (' /*!80000 INVISIBLE */,",
  "  KEY `f,1` ((cast(json_extract(`h`,_utf8mb4'$.x') as char(10) charset utf8mb4))),",
  "  KEY `mv` ((cast(json_extract(`h`,_utf8mb4'$.arr') as unsigned array))),",
  '  FULLTEXT KEY `ft` (`tx`) /*!50100 WITH PARSER `ngram` */ ',
  ") ENGINE=InnoDB AUTO_INCREMENT=77 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci STATS_PERSISTENT=1 ROW_FORMAT=DYNAMIC COMMENT=') PARTITION BY AUTO_INCREMENT=7 ('",
].join('\n');

/** Partitions with texts that look like the end of the definition. */
export const partitioned = [
  'CREATE TABLE `events` (',
  '  `id` int NOT NULL AUTO_INCREMENT,',
  '  `d` date NOT NULL,',
  '  PRIMARY KEY (`id`,`d`)',
  ") ENGINE=InnoDB AUTO_INCREMENT=100 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci COMMENT=') PARTITION BY ('",
  '/*!50100 PARTITION BY RANGE (year(`d`))',
  "(PARTITION p0 VALUES LESS THAN (2000) COMMENT = 'x,)' ENGINE = InnoDB,",
  ' PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */',
].join('\n');

/** CHECK constraints: automatic names, names of people, and names that look alike. */
export const checked = [
  'CREATE TABLE `Chk` (',
  '  `id` int NOT NULL,',
  '  `a` int DEFAULT NULL,',
  '  `b` int DEFAULT NULL,',
  '  PRIMARY KEY (`id`),',
  '  CONSTRAINT `b pos` CHECK ((`b` > (1 + 2))),',
  '  CONSTRAINT `c2` CHECK ((`b` <> 5)) /*!80016 NOT ENFORCED */,',
  '  CONSTRAINT `Chk_chk_1` CHECK ((`a` > 0)),',
  '  CONSTRAINT `Chk_chk_2` CHECK ((`a` in (1,2,3))),',
  '  CONSTRAINT `CHK_CHK_7` CHECK ((`b` > 1)),',
  '  CONSTRAINT `Chk_chk_x` CHECK ((`b` > 2))',
  ') ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci',
].join('\n');
