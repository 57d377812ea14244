/**
 * SQLite databases, read only (https://www.sqlite.org/fileformat2.html): tables by name, rows in order of rowid from any rowid on.
 * A `-wal` beside the file is applied up to its last commit. Pages are read one by one as they are needed; nothing of the file is
 * locked, so that a page may be caught half-written: that is one damaged page, and the others are read.
 */
import { FormatError, type ByteSource } from "./source";
import { columnsOf, type SqliteColumn } from "./sqliteSchema";
import { RecordReader, type SqliteValue } from "./sqliteRecord";
import { readWal } from "./sqliteWal";

export type { SqliteValue } from "./sqliteRecord";

export interface SqliteTable {
  readonly name: string;
  readonly root: number;
  /** As stored, in order. */
  readonly columns: readonly SqliteColumn[];
  /** Tables WITHOUT ROWID are kept as indices and are not read. */
  readonly withoutRowid: boolean;
}

/** Gets a row; the array is used again for the next. Returns false to stop. */
export type TakeRow = (rowid: number, values: readonly SqliteValue[]) => boolean;

const MAGIC = "SQLite format 3\0";
const HEADER = 100;
const PAGE = { interior: 5, leaf: 13 } as const;
/** A tree of more levels holds more rows than there are. */
const DEEPEST = 24;
/** A row with a longer payload is left out. */
const LONGEST_ROW = 1 << 24;
/** Tables looked at in the schema. */
const MOST_TABLES = 10_000;

/** Whether a file's first bytes are those of a SQLite database. */
export function isSqlite(head: Uint8Array): boolean {
  return head.length >= 16 && MAGIC.split("").every((c, i) => head[i] === c.charCodeAt(0));
}

export class Sqlite {
  readonly pageSize: number;
  /** Pages of the database, with what the write-ahead log says. */
  readonly pages: number;
  /** Rows and pages that were left out, one line each of the first few. */
  readonly problems: string[] = [];
  private short = false;
  private readonly usable: number;
  private readonly wal: ReadonlyMap<number, number>;
  private readonly record: RecordReader;
  private visited = 0;

  /** Throws FormatError when the file's header is not that of a database. */
  constructor(
    private readonly format: string,
    private readonly source: ByteSource,
    private readonly log: ByteSource | null,
  ) {
    const head = source.read(0, HEADER, true);
    if (head.length < HEADER) throw new FormatError(format, `${head.length} bytes, a database starts with ${HEADER}`, true);
    if (!isSqlite(head)) throw new FormatError(format, "the first bytes are not those of an SQLite database");
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const size = view.getUint16(16);
    this.pageSize = size === 1 ? 65536 : size;
    if (this.pageSize < 512 || (this.pageSize & (this.pageSize - 1)) !== 0) throw new FormatError(format, `page size ${size} in the header is none`);
    this.usable = this.pageSize - head[20]!;
    if (this.usable < 480) throw new FormatError(format, `${head[20]} bytes of each page reserved, at most ${this.pageSize - 480} can be`);
    const walMode = head[19] === 2;
    const wal = walMode && log !== null ? readWal(log, this.pageSize) : { frames: new Map<number, number>(), pages: 0 };
    this.wal = wal.frames;
    // The count in the header is right when it was written with the last change; else the file's size tells.
    const counted = view.getUint32(24) === view.getUint32(92) ? view.getUint32(28) : 0;
    this.pages = wal.pages > 0 ? wal.pages : counted > 0 ? counted : Math.floor(source.size / this.pageSize);
    this.short = wal.pages === 0 && this.pages * this.pageSize > source.size;
    this.record = new RecordReader(view.getUint32(56));
  }

  /** Whether a page lies beyond the file's end, as far as it was asked for. */
  isTorn(): boolean {
    return this.short;
  }

  /** Every table of the schema. */
  tables(): SqliteTable[] {
    const out: SqliteTable[] = [];
    const schema: SqliteTable = { name: "sqlite_schema", root: 1, columns: ["type", "name", "tbl_name", "rootpage", "sql"].map((name) => ({ name, rowid: false })), withoutRowid: false };
    this.rows(schema, ["type", "name", "rootpage", "sql"], 0, (_, [type, name, root, sql]) => {
      if (type !== "table" || typeof name !== "string" || typeof root !== "number" || typeof sql !== "string") return true;
      out.push({ name, root, ...columnsOf(sql) });
      return out.length < MOST_TABLES;
    });
    return out;
  }

  /**
   * Gives the rows of `table` with rowids above `after`, ascending: the values of `columns`, null where the row has none or the
   * table no such column. Damaged pages and rows are left out (`problems`).
   */
  rows(table: SqliteTable, columns: readonly string[], after: number, take: TakeRow): void {
    if (table.withoutRowid) {
      this.problem(`table ${table.name} is WITHOUT ROWID, which is not read`);
      return;
    }
    const wanted = columns.map((name) => table.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase()));
    const rowids = wanted.map((i) => i >= 0 && table.columns[i]!.rowid);
    const values: SqliteValue[] = columns.map(() => null);
    this.visited = 0;
    let last = after;
    this.walk(table.root, after, 0, (page, cell) => {
      const rowid = this.cell(page, cell, wanted, values);
      if (rowid === null) return true;
      // Out of order: a page that does not belong here.
      if (rowid <= last) return true;
      last = rowid;
      for (const [i, own] of rowids.entries()) if (own) values[i] = rowid;
      return take(rowid, values);
    });
  }

  private problem(line: string): void {
    if (this.problems.length < 5) this.problems.push(`${this.format}: ${line}`);
  }

  /** A page's bytes; null (and a problem) where it lies beyond what there is. */
  private page(number: number): Uint8Array | null {
    const frame = this.wal.get(number);
    if (number >= 1 && number <= this.pages) {
      const bytes = frame === undefined ? this.source.read((number - 1) * this.pageSize, this.pageSize, true) : this.log!.read(frame, this.pageSize, true);
      if (bytes.length === this.pageSize) return bytes;
      this.short = true;
    }
    this.problem(`page ${number} of ${this.pages} lies beyond the file's ${this.source.size} bytes`);
    return null;
  }

  /** Cells of a table's leaves with rowids that may be above `after`, in order; false to stop. Depth and pages are bounded. */
  private walk(number: number, after: number, depth: number, take: (page: Uint8Array, cell: number) => boolean): boolean {
    if (depth > DEEPEST || ++this.visited > this.pages) {
      this.problem(`the pages of a table lead in circles at page ${number}`);
      return false;
    }
    const page = this.page(number);
    if (page === null) return true;
    const at = number === 1 ? HEADER : 0;
    const kind = page[at]!;
    if (kind !== PAGE.leaf && kind !== PAGE.interior) {
      this.problem(`page ${number} of ${this.pages} is damaged: kind ${kind} where a table's page was to be`);
      return true;
    }
    const count = uint16(page, at + 3);
    const pointers = at + (kind === PAGE.leaf ? 8 : 12);
    if (pointers + 2 * count > this.usable) {
      this.problem(`page ${number} of ${this.pages} is damaged: ${count} cells in it`);
      return true;
    }
    for (let i = 0; i < count; i++) {
      const cell = uint16(page, pointers + 2 * i);
      if (cell < pointers || cell + 4 > this.usable) {
        this.problem(`page ${number} of ${this.pages} is damaged: a cell at byte ${cell}`);
        continue;
      }
      if (kind === PAGE.leaf) {
        if (!take(page, cell)) return false;
      } else {
        const key = varint(page, cell + 4, this.usable);
        if (key !== null && key.value <= after) continue; // all of it is known
        if (!this.walk(uint32(page, cell), after, depth + 1, take)) return false;
      }
    }
    return kind === PAGE.leaf || this.walk(uint32(page, at + 8), after, depth + 1, take);
  }

  /** Reads the wanted columns of a leaf's cell; its rowid, null when it is damaged. */
  private cell(page: Uint8Array, at: number, wanted: readonly number[], values: SqliteValue[]): number | null {
    const size = varint(page, at, this.usable);
    const rowid = size === null ? null : varint(page, size.next, this.usable);
    if (size === null || rowid === null) {
      this.problem("a damaged row was left out");
      return null;
    }
    const payload = this.payload(page, rowid.next, size.value);
    if (payload === null || !this.record.read(payload, wanted, values)) {
      this.problem(`row ${rowid.value} is damaged or too large (${size.value} bytes) and was left out`);
      return null;
    }
    return rowid.value;
  }

  /** `length` bytes that start in the page and go on in overflow pages. */
  private payload(page: Uint8Array, at: number, length: number): Uint8Array | null {
    const most = this.usable - 35;
    if (length <= most) return at + length <= this.usable ? page.subarray(at, at + length) : null;
    if (length > LONGEST_ROW || length > this.pages * this.usable) return null;
    const least = Math.floor(((this.usable - 12) * 32) / 255) - 23;
    const spread = least + ((length - least) % (this.usable - 4));
    const local = spread <= most ? spread : least;
    if (at + local + 4 > this.usable) return null;
    const whole = new Uint8Array(length);
    whole.set(page.subarray(at, at + local));
    let next = uint32(page, at + local);
    for (let filled = local; filled < length; ) {
      const more = next === 0 ? null : this.page(next);
      if (more === null) return null;
      const part = more.subarray(4, Math.min(this.usable, 4 + length - filled));
      whole.set(part, filled);
      filled += part.length;
      next = uint32(more, 0);
    }
    return whole;
  }
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** A varint of at most nine bytes, big-endian, the ninth with all its bits; null when it would pass `end`. Exact up to 2^53. */
function varint(bytes: Uint8Array, at: number, end: number): { value: number; next: number } | null {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    if (at + i >= end) return null;
    const b = bytes[at + i]!;
    if (i === 8) return { value: value * 256 + b, next: at + 9 };
    value = value * 128 + (b & 127);
    if (b < 128) return { value, next: at + i + 1 };
  }
  return null;
}
