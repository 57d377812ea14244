import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "../../../../src/read/bytes/source";
import { isSqlite, Sqlite, type SqliteValue } from "../../../../src/read/bytes/sqlite";
import { columnsOf } from "../../../../src/read/bytes/sqliteSchema";
import { memorySource } from "./memory";

const FORMATS = join(process.cwd(), "test", "fixtures", "formats");
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(join(FORMATS, path)));

function rows(bytes: Uint8Array, after = 0, wal: Uint8Array | null = null): { db: Sqlite; rows: [number, ...SqliteValue[]][] } {
  const db = new Sqlite("db", memorySource("x.db", bytes), wal === null ? null : memorySource("x.db-wal", wal));
  const out: [number, ...SqliteValue[]][] = [];
  const table = db.tables().find(({ name }) => name === "metrics");
  if (table !== undefined) {
    db.rows(table, ["key", "step", "value", "nothing"], after, (rowid, values) => {
      out.push([rowid, ...values]);
      return true;
    });
  }
  return { db, rows: out };
}

describe("SQLite", () => {
  const bytes = bytesOf("mlflow-sqlite/mlflow.db");

  it("reads rows in order, from any row on, and null for columns that are not there", () => {
    const { db, rows: all } = rows(bytes);
    assert.deepEqual(db.problems, []);
    assert.deepEqual(all[1], [2, "train_loss", 1, 0.5, null]);
    assert.deepEqual(rows(bytes, 20).rows, all.filter(([rowid]) => rowid > 20));
  });

  it("applies a write-ahead log up to its last whole commit", () => {
    const main = bytesOf("mlflow-sqlite/wal.mlflow.db");
    const wal = bytesOf("mlflow-sqlite/wal.mlflow.db-wal");
    const counts = new Set<number>();
    for (let n = 0; n <= wal.length; n += 512) counts.add(rows(main, 0, wal.subarray(0, n)).rows.length);
    assert.deepEqual([...counts], [30, 40, 50, 60]);
    const damaged = wal.slice();
    damaged[wal.length - 100]! ^= 1;
    assert.equal(rows(main, 0, damaged).rows.length, 50);
  });

  it("reads each prefix and each damaged byte without a throw but its own, and never more rows than there are pages for", () => {
    const whole = rows(bytes).rows.length;
    for (let n = 0; n < bytes.length; n += 251) {
      try {
        assert.ok(rows(bytes.subarray(0, n)).rows.length <= whole);
      } catch (error) {
        assert.ok(error instanceof FormatError);
      }
    }
    for (let at = 0; at < bytes.length; at += 37) {
      const copy = bytes.slice();
      copy[at] = 255 - copy[at]!;
      try {
        rows(copy);
      } catch (error) {
        assert.ok(error instanceof FormatError, String(error));
      }
    }
  });

  it("leaves pages that lead in circles", () => {
    const pageSize = 1024;
    const copy = bytes.slice();
    // Every interior page of a table points at page 2 alone.
    for (let page = 1; page * pageSize < copy.length; page++) {
      if (copy[page * pageSize] === 5) new DataView(copy.buffer).setUint32(page * pageSize + 8, page + 1);
    }
    const { db } = rows(copy);
    assert.ok(db.problems.length > 0);
  });

  it("says what is no database, and what a header claims in vain", () => {
    assert.equal(isSqlite(bytes), true);
    assert.equal(isSqlite(new Uint8Array(100)), false);
    assert.throws(() => rows(new Uint8Array(200)), /^FormatError: db: the first bytes are not those/);
    const copy = bytes.slice();
    copy[16] = 3;
    assert.throws(() => rows(copy), /page size 768/);
  });

  it("finds columns however the statement is written", () => {
    assert.deepEqual(columnsOf('CREATE TABLE "a b" (id INTEGER PRIMARY KEY, "x,y" TEXT DEFAULT (\'a,b\'), [z] REAL, v AS (id+1), CHECK (z > 0))'), {
      columns: [
        { name: "id", rowid: true },
        { name: "x,y", rowid: false },
        { name: "z", rowid: false },
      ],
      withoutRowid: false,
    });
    assert.equal(columnsOf("create table t (a text primary key, b int) without rowid").withoutRowid, true);
    assert.deepEqual(columnsOf("create table t (a integer, b text, primary key (a))").columns[0], { name: "a", rowid: true });
    assert.deepEqual(columnsOf("nothing").columns, []);
  });
});
