/** Opens the SQLite database of a tracking server for its reader. */
import { Sqlite } from "../bytes/sqlite";
import type { ByteSource, ReadTools } from "../bytes/source";
import type { LogRead } from "../format";
import type { StoreState } from "./trackingStore";

/**
 * Opens the database and reads what `find` finds in it; `find` gives null where the tables are not those of the format. A file that
 * is shorter than its header says is still being written or copied: nothing is taken of it.
 */
export function readDatabase(format: string, source: ByteSource, tools: ReadTools, state: StoreState | null, find: (db: Sqlite) => ((from: StoreState | null) => LogRead<StoreState>) | null): LogRead<StoreState> {
  const nothing: StoreState = { rowid: 0, row: 0, runs: 0, only: null, time: 0, unordered: false };
  const without = (end: LogRead<StoreState>["end"], problem: string | null): LogRead<StoreState> => ({ state: state ?? nothing, end, problem, unit: "step" });
  if (source.size < 512) return without("torn", null);
  const db = open(format, source, tools);
  if (db.isTorn()) return without("torn", null);
  const read = find(db);
  if (read === null) return db.isTorn() ? without("torn", null) : without(db.problems.length > 0 ? "corrupt" : "complete", db.problems[0] ?? `${format}: the database holds no table of metrics as ${format.split("-")[0]!} writes it`);
  const got = read(state);
  if (db.problems.length === 0) return got;
  // What was left out may be whole the next time: then it is read anew.
  return { ...got, state: { ...got.state, runs: -1 }, end: db.isTorn() ? "torn" : "corrupt", problem: got.problem ?? db.problems[0]! };
}

const DATABASE = /\.(?:db|sqlite3?|sqlite3?-db)$/i;

/** Whether a file is called as databases are. */
export function isDatabaseName(name: string): boolean {
  return DATABASE.test(name);
}

/** Whether the database has a table `metrics` with these columns; false where it ends before it should. */
export function metricsOf(format: string, source: ByteSource, tools: ReadTools, columns: readonly string[]): boolean {
  const db = open(format, source, tools);
  if (db.isTorn()) return false;
  const table = db.tables().find(({ name }) => name === "metrics");
  return table?.withoutRowid === false && columns.every((name) => table.columns.some((column) => column.name === name));
}

function open(format: string, source: ByteSource, tools: ReadTools): Sqlite {
  const leaf = source.name.slice(source.name.lastIndexOf("/") + 1);
  return new Sqlite(format, source, tools.sibling(`${leaf}-wal`));
}

/** The database whose write-ahead log `path` is. */
export function databaseOf(path: string): string | null {
  return /\.(?:db|sqlite3?|sqlite3?-db)-wal$/i.test(path) ? path.slice(0, -"-wal".length) : null;
}
