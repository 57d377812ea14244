/**
 * MLflow's SQLite store (mlflow/store/tracking/dbmodels/models.py): table `metrics` (key, value, timestamp in ms, run_uuid, step,
 * is_nan), with `runs` for their names and `params` for their settings. Infinite values stand as the largest double.
 */
import { isSqlite, type Sqlite, type SqliteTable } from "../bytes/sqlite";
import { settingOf } from "../config/scalars";
import type { ConfigValue, LogFormat } from "../format";
import { databaseOf, isDatabaseName, metricsOf, readDatabase } from "./trackingDatabase";
import { readStore, type Store, type StoreState } from "./trackingStore";

const NAME = "mlflow-sqlite";
const LARGEST = 1.7976931348623157e308;
/** Settings kept of all runs together. */
const MOST_PARAMS = 20_000;

export const mlflowSqlite: LogFormat<StoreState> = {
  name: NAME,
  /** Any SQLite database may be one; by name alone only those that say so. */
  probe(name, head) {
    if (head.length === 0) return isDatabaseName(name) && /mlflow|mlruns/i.test(name);
    return isSqlite(head) && (/mlflow|mlruns/i.test(name) || !/trackio/i.test(name));
  },
  accepts: (source, tools) => metricsOf(NAME, source, tools, ["run_uuid", "key", "value"]),
  partOf: databaseOf,
  read(source, state, sink, tools) {
    return readDatabase(NAME, source, tools, state, (db) => {
      const tables = new Map(db.tables().map((table) => [table.name, table]));
      const metrics = tables.get("metrics");
      if (metrics === undefined || !metrics.columns.some(({ name }) => name === "run_uuid")) return null;
      return (from) => readStore(NAME, storeOf(db, metrics, tables), from, sink);
    });
  },
};

function storeOf(db: Sqlite, metrics: SqliteTable, tables: ReadonlyMap<string, SqliteTable>): Store {
  const runs = new Map<string, string>();
  const deleted = new Set<string>();
  const table = tables.get("runs");
  if (table !== undefined) {
    db.rows(table, ["run_uuid", "name", "lifecycle_stage"], 0, (_, [run, name, stage]) => {
      if (typeof run !== "string") return true;
      if (stage === "deleted") deleted.add(run);
      else runs.set(run, typeof name === "string" ? name : "");
      return true;
    });
  }
  const facts = new Map<string, Map<string, ConfigValue>>();
  const params = tables.get("params");
  if (params !== undefined) {
    let count = 0;
    db.rows(params, ["run_uuid", "key", "value"], 0, (_, [run, key, value]) => {
      if (typeof run !== "string" || typeof key !== "string" || typeof value !== "string" || deleted.has(run)) return true;
      let own = facts.get(run);
      if (own === undefined) facts.set(run, (own = new Map<string, ConfigValue>()));
      own.set(key, settingOf(value));
      return ++count < MOST_PARAMS;
    });
  }
  return {
    runs,
    facts,
    rows(after, take) {
      db.rows(metrics, ["run_uuid", "key", "timestamp", "step", "value", "is_nan"], after, (rowid, [run, key, time, step, value, nan]) => {
        if (typeof run !== "string" || typeof key !== "string" || typeof value !== "number" || deleted.has(run)) return true;
        const number = nan === 1 ? NaN : Math.abs(value) >= LARGEST ? Math.sign(value) * Infinity : value;
        return take(rowid, { run, tag: key, time: typeof time === "number" ? time / 1000 : NaN, step: typeof step === "number" ? step : 0, value: number });
      });
    },
  };
}
