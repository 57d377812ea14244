/** What the engine makes of one file, in one line: its numbers, or why there are none. */
import { statSync } from "node:fs";
import { RunCache } from "../../../src/engine/cache";
import { RunConfigs } from "../../../src/engine/config";
import { RunLogs } from "../../../src/engine/logs";
import { Shelf } from "../../../src/engine/shelf";
import { measureTensor } from "../../../src/measure/tensors";
import type { FileEntry } from "../../../src/read/layout/plan";
import type { Problem } from "../../../src/run";
import { valuesOf } from "../read/golden";

/**
 * "log FORMAT: series, points, sum", "checkpoint FORMAT: tensors, elements, sum", "volume FORMAT: shapes, sum", "config FORMAT: what is known by name";
 * sums are of finite values, each of a tensor that shares another's storage left out. Else the line that a user sees, or "nothing".
 * `path` is relative to `folder`. Throws only what a reader must not throw.
 */
export async function outcomeOf(folder: string, path: string): Promise<string> {
  const shelf = new Shelf(folder, new RunCache(null, folder));
  const stat = statSync(shelf.locate(path));
  const file: FileEntry = { path, size: stat.size, mtime: stat.mtimeMs };
  try {
    const kind = await shelf.kindOf(file);
    switch (kind?.kind) {
      case "log":
        return logOf(shelf, file, kind.format);
      case "checkpoint":
        return await checkpointOf(shelf, path, kind.format);
      case "volume":
        if (kind.problem !== null) return kind.problem;
        return volumeOf(shelf, kind);
      case "config":
        return kind.format === null ? "nothing" : configOf(shelf, file, kind.format);
      case "broken":
        return kind.problem;
      case "script":
      case undefined:
        return "nothing";
    }
  } catch (error) {
    // A reader's own refusal is a line of its own; anything else is for the test to fail by.
    if (error instanceof Error && "format" in error) return error.message;
    throw error;
  } finally {
    shelf.closeAll();
  }
}

type KindOf<K extends string> = Extract<NonNullable<Awaited<ReturnType<Shelf["kindOf"]>>>, { kind: K }>;

function logOf(shelf: Shelf, file: FileEntry, format: KindOf<"log">["format"]): string {
  const logs = new RunLogs(shelf);
  logs.update([{ file, format }]);
  const problem = logs.problemOf(file.path);
  const series = logs.series();
  if (series.length === 0 && problem !== null) return problem;
  const points = series.reduce((n, s) => n + s.steps.length, 0);
  const sum = series.reduce((total, s) => s.values.reduce((a, b) => (Number.isFinite(b) ? a + b : a), total), 0);
  if (series.length === 0) return logs.understood()[0]?.slice(file.path.length + 2) ?? "nothing";
  return `log ${format.name}: ${series.length} series, ${points} points, sum ${short(sum)}${problem === null ? "" : `; ${problem}`}`;
}

async function checkpointOf(shelf: Shelf, path: string, format: KindOf<"checkpoint">["format"]): Promise<string> {
  const { file, close } = await shelf.openCheckpoint(path, format);
  try {
    const own = file.tensors.filter((tensor) => tensor.sameAs === undefined);
    let [elements, sum] = [0, 0];
    for (const tensor of own) {
      const { count, mean, nan, inf } = measureTensor(tensor, null);
      elements += count;
      sum += (mean ?? 0) * (count - nan - inf);
    }
    if (own.length === 0 && file.problems[0] !== undefined) return file.problems[0];
    return [`checkpoint ${format.name}: ${own.length} tensors, ${elements} elements, sum ${short(sum)}`, ...file.problems].join("; ");
  } finally {
    close();
  }
}

function volumeOf(shelf: Shelf, kind: KindOf<"volume">): string {
  let sum = 0;
  const shapes = kind.headers.map((header) => {
    const entry = shelf.array(header, false);
    for (const value of valuesOf(entry, 1 << 16)) if (Number.isFinite(value)) sum += value;
    return `${header.entry ?? ""}[${header.shape.join(",")}]`;
  });
  return `volume ${kind.format.name}: ${shapes.join(" ")}, sum ${short(sum)}`;
}

function configOf(shelf: Shelf, file: FileEntry, format: NonNullable<KindOf<"config">["format"]>): string {
  const problems: Problem[] = [];
  const configs = new RunConfigs(shelf);
  configs.update([{ file, format }], problems);
  if (problems[0] !== undefined) return problems[0].message;
  const told = configs.config(new RunLogs(shelf), [], []);
  const said = (["batchSize", "learningRate", "plannedEpochs"] as const).flatMap((key) => (told[key] === null ? [] : [`${key} ${told[key].value}`]));
  return Object.keys(told.facts).length === 0 ? "nothing" : `config ${format.name}: ${said.join(", ")}`;
}

/** Six digits: sums of float32 in another order agree that far. */
function short(sum: number): string {
  return Number(sum.toPrecision(6)).toString();
}
