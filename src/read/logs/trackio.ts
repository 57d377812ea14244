/**
 * trackio's SQLite store, one database a project (trackio/sqlite_storage.py): table `metrics` (run_id, timestamp as ISO 8601,
 * run_name, step, metrics as JSON in text or bytes), `configs` with each run's settings. Older versions have no run_id.
 */
import { isSqlite, type Sqlite, type SqliteTable, type SqliteValue } from "../bytes/sqlite";
import { flatten } from "../config/flatten";
import type { ConfigValue, LogFormat } from "../format";
import { parseJson, type JsonNode } from "./jsonTree";
import { eachLogged } from "./loggedDict";
import { databaseOf, isDatabaseName, metricsOf, readDatabase } from "./trackingDatabase";
import { readStore, type Store, type StoreState } from "./trackingStore";

const NAME = "trackio";
/** A row of metrics longer than this holds tables, not numbers. */
const LONGEST_ROW = 1 << 20;

export const trackio: LogFormat<StoreState> = {
  name: NAME,
  /** As of MLflow's: the tables tell. */
  probe(name, head) {
    if (head.length === 0) return isDatabaseName(name) && /trackio/i.test(name);
    return isSqlite(head) && (/trackio/i.test(name) || !/mlflow|mlruns/i.test(name));
  },
  accepts: (source, tools) => metricsOf(NAME, source, tools, ["run_name", "step", "metrics"]),
  partOf: databaseOf,
  read(source, state, sink, tools) {
    return readDatabase(NAME, source, tools, state, (db) => {
      const tables = new Map(db.tables().map((table) => [table.name, table]));
      const metrics = tables.get("metrics");
      if (metrics === undefined || !["run_name", "step", "metrics"].every((name) => metrics.columns.some((column) => column.name === name))) return null;
      return (from) => readStore(NAME, storeOf(db, metrics, tables.get("configs")), from, sink);
    });
  },
};

function storeOf(db: Sqlite, metrics: SqliteTable, configs: SqliteTable | undefined): Store {
  const runs = new Map<string, string>();
  const facts = new Map<string, Map<string, ConfigValue>>();
  if (configs !== undefined) {
    db.rows(configs, ["run_id", "run_name", "config"], 0, (_, [id, name, config]) => {
      if (typeof name !== "string") return true;
      const run = typeof id === "string" ? id : name;
      runs.set(run, name);
      const own = new Map<string, ConfigValue>();
      flatten("", treeOf(config ?? null), own);
      for (const key of own.keys()) if (key.startsWith("_")) own.delete(key);
      facts.set(run, own);
      return true;
    });
  }
  return {
    runs,
    facts,
    rows(after, take) {
      db.rows(metrics, ["run_id", "run_name", "timestamp", "step", "metrics"], after, (rowid, [id, name, at, step, text]) => {
        if (typeof name !== "string" || typeof step !== "number") return true;
        const run = typeof id === "string" ? id : name;
        if (!runs.has(run)) runs.set(run, name);
        const time = typeof at === "string" ? Date.parse(at) / 1000 : NaN;
        let on = true;
        eachLogged("", treeOf(text ?? null), (tag, value) => {
          on &&= take(rowid, { run, tag, time, step, value });
        });
        return on;
      });
    },
  };
}

function treeOf(value: SqliteValue): JsonNode {
  if (value === null || typeof value === "number" || value.length > LONGEST_ROW) return null;
  return parseJson(typeof value === "string" ? value : new TextDecoder().decode(value)).root;
}
