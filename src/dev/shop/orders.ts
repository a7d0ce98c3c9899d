/**
 * The table of the demo and of the end-to-end tests: `orders` of a shop, with columns as real shops have them. Its seeded
 * rows follow a formula, so that an untouched row can be checked without having been remembered.
 */

/** What a client writes and what is compared in the end; each as the text that the server shows. */
export interface OrderRow {
  readonly reference: string;
  readonly customer: string;
  readonly status: 'new' | 'paid' | 'sent' | 'returned';
  readonly total: string;
  readonly note: string | null;
  readonly placedAt: string;
  /** A number inside the JSON document. */
  readonly items: number;
}

export const createOrders = `CREATE TABLE orders (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  reference VARCHAR(40) NOT NULL,
  customer VARCHAR(100) NOT NULL,
  status ENUM('new','paid','sent','returned') NOT NULL DEFAULT 'new',
  total DECIMAL(10,2) NOT NULL,
  note TEXT NULL,
  details JSON NOT NULL,
  placed_at DATETIME(6) NOT NULL,
  total_cents BIGINT GENERATED ALWAYS AS (CAST(total * 100 AS SIGNED)) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY reference (reference),
  KEY customer (customer),
  KEY placed_at (placed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci`;

/** The change that the demo makes: adds a column, changes a type, adds an index. */
export const alterOrders =
  "ALTER TABLE orders ADD COLUMN channel VARCHAR(20) NOT NULL DEFAULT 'web', MODIFY total DECIMAL(14,4) NOT NULL, ADD KEY status_placed (status, placed_at)";

/** Seeded ids begin above this; below is room for rows whose key a client changes. */
export const seedOffset = 1_000_000;

const statuses = ['new', 'paid', 'sent', 'returned'] as const;

/** Fills the table with `rows` rows on the server, ids from seedOffset + 1 on; the formula is the one of `seededOrder`. */
export function seedOrders(rows: number): readonly string[] {
  return [
    `SET SESSION cte_max_recursion_depth = ${rows + 1}`,
    `INSERT INTO orders (id, reference, customer, status, total, note, details, placed_at)
     WITH RECURSIVE n (id) AS (SELECT ${seedOffset + 1} UNION ALL SELECT id + 1 FROM n WHERE id < ${seedOffset + rows})
     SELECT id, CONCAT('S-', id), CONCAT('Zoë Müller 顧客 🛒 ', id % 1000), ELT(id % 4 + 1, 'new','paid','sent','returned'),
            CAST(id % 100000 AS DECIMAL(12,2)) / 100, IF(id % 7 = 0, NULL, CONCAT('note of ', id, ' – ', REPEAT('x', id % 50))),
            JSON_OBJECT('items', id % 97, 'gift', id % 3 = 0),
            TIMESTAMP'2026-01-01 00:00:00' + INTERVAL (id * 1000001) MICROSECOND
       FROM n`,
  ];
}

/** The seeded row with this id. */
export function seededOrder(id: number): OrderRow {
  const cents = id % 100_000;
  const microseconds = BigInt(id) * 1_000_001n;
  const seconds = new Date(Date.UTC(2026, 0, 1) + Number(microseconds / 1_000_000n) * 1_000).toISOString();
  const fraction = (microseconds % 1_000_000n).toString().padStart(6, '0');
  return {
    reference: `S-${id}`,
    customer: `Zoë Müller 顧客 🛒 ${id % 1000}`,
    status: statuses[id % 4] ?? 'new',
    total: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
    note: id % 7 === 0 ? null : `note of ${id} – ${'x'.repeat(id % 50)}`,
    placedAt: `${seconds.slice(0, 19).replace('T', ' ')}.${fraction}`,
    items: id % 97,
  };
}

/** Renders the compared columns as text; `total` with two digits whatever its scale is, if nothing is lost by it. */
export const orderColumns = `id, reference, customer, status,
  CAST(IF(total = ROUND(total, 2), CAST(total AS DECIMAL(12,2)), total) AS CHAR) AS total, note,
  CAST(placed_at AS CHAR) AS placedAt, CAST(details->'$.items' AS SIGNED) AS items`;
