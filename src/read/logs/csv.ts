/**
 * Delimited logs (CSV, TSV, columns of blanks) of every trainer. One reader serves them all (csvReader.ts); a dialect is known
 * by its header or its file's name, and gives the log its format's name.
 *
 * - keras-csv: CSVLogger (keras/src/callbacks/csv_logger.py): "epoch", then the metrics in order of their names.
 * - lightning-csv: lightning/fabric/loggers/csv_logs.py; rewritten whole when a column appears, rows of one step apart.
 * - ultralytics-csv: results.csv, names padded with blanks (ultralytics/engine/trainer.py).
 * - fastai-csv: CSVLogger (fastai/callback/progress.py): "epoch,train_loss,valid_loss,…,time".
 * - tensorboard-csv: one curve as TensorBoard exports it, "Wall time,Step,Value"; the tag is in the file's name.
 * - dvclive-tsv: one metric a file below plots/metrics.
 * - wandb-csv: a chart as W&B exports it, "Step" and "run - tag" with its bounds.
 * - csv: any other with a header that names what a training measures.
 */
import type { LogFormat } from "../format";
import { splitCells } from "./csvCells";
import { headerText, isTrainingName, planOf, type CsvPlan } from "./csvPlan";
import { CsvReader, isPreamble, sampleRows, type CsvState } from "./csvReader";
import { continues } from "./fingerprint";
import { decode } from "./lines";

/** What a dialect is told of a file: its name, its header's names, its layout. */
type Recognise = (name: string, names: readonly string[], plan: CsvPlan) => boolean;

/** A delimited log whose head `recognise` knows. */
function csvFormat(name: string, recognise: Recognise, bySteps = false): LogFormat<CsvState> {
  return {
    name,
    probe(path, head) {
      const found = headerOf(path, head);
      return found !== null && recognise(path, found.names, found.plan);
    },
    read(source, state, sink) {
      const going = state === null || !continues(source, state) ? null : new CsvReader(name, source, sink, bySteps).resume(state);
      if (going !== null) return going;
      sink.reset();
      return new CsvReader(name, source, sink, bySteps).from(0);
    },
  };
}

/** Header and layout of what looks like a training's log; null for other files. */
function headerOf(name: string, head: Uint8Array): { names: string[]; plan: CsvPlan } | null {
  const suffix = /\.(csv|tsv|txt|log)$/i.exec(name)?.[1]?.toLowerCase();
  if (suffix === undefined || head.length === 0 || head.includes(0)) return null;
  const lines = decode(head).split(/\r?\n/);
  const unfinished = lines.pop() ?? "";
  const first = lines.findIndex((line) => !isPreamble(line));
  // Being written, or without a newline at all: what there is of the header must do.
  const [header, rows] = first < 0 ? [isPreamble(unfinished) ? "" : unfinished, []] : [lines[first]!, sampleRows(lines.slice(first + 1))];
  const plan = planOf(header, rows);
  if (plan === null) return null;
  const names = splitCells(headerText(header), plan.separator);
  const table = suffix === "csv" || suffix === "tsv";
  if (isExport(names) || isChart(names) || (table && isDvclive(name, names))) return { names, plan };
  if (!plan.training) return null;
  if (plan.separator === " " && (plan.width > 1 || !table)) return rows.length > 0 && rows.every((row) => splitCells(row, " ").length === plan.width) ? { names, plan } : null;
  return table || rows.length > 0 || plan.stepColumn >= 0 ? { names, plan } : null;
}

function isExport(names: readonly string[]): boolean {
  return names.length === 3 && names[0] === "Wall time" && names[1] === "Step" && names[2] === "Value";
}

/** W&B's export of a chart: "run - tag" with its bounds. */
function isChart(names: readonly string[]): boolean {
  return names.length > 1 && names.some((name) => / - .*__(MIN|MAX)$/.test(name));
}

/** DVCLive's file of one metric: step, perhaps a timestamp, and the metric that the file is named after. */
function isDvclive(path: string, names: readonly string[]): boolean {
  const stem = /(?:^|\/)dvclive\/(?:.*\/)?([^/]+)\.tsv$/.exec(path)?.[1];
  return stem !== undefined && names.includes("step") && names.includes(stem);
}

/** "epoch", then names in order; or with the validation's behind those of the training, as older versions have it. */
function isKeras(names: readonly string[]): boolean {
  if (names[0] !== "epoch" || names.length < 2) return false;
  const metrics = names.slice(1);
  const ordered = (some: readonly string[]): boolean => some.every((name, i) => i === 0 || some[i - 1]! < name);
  const ofTraining = metrics.filter((name) => !name.startsWith("val_"));
  if (!ofTraining.some((name) => name === "loss" || name.endsWith("_loss")) || metrics.some((name) => /[/\s]/.test(name))) return false;
  return ordered(metrics) || (ordered(ofTraining) && metrics.slice(ofTraining.length).join() === ofTraining.filter((name) => metrics.includes(`val_${name}`)).map((name) => `val_${name}`).join());
}

export const tensorBoardCsv = csvFormat("tensorboard-csv", (_, names) => isExport(names));
const dvcliveTsv = csvFormat("dvclive-tsv", isDvclive);
export const wandbCsv = csvFormat("wandb-csv", (_, names) => isChart(names));
const ultralyticsCsv = csvFormat("ultralytics-csv", (_, names) => names[0] === "epoch" && names.some((name) => /^(train|val)\/\w+_loss$/.test(name)) && names.some((name) => /^metrics\/|^lr\/pg\d/.test(name) || /^x\/lr\d/.test(name)));
const fastaiCsv = csvFormat("fastai-csv", (_, names) => names[0] === "epoch" && names[1] === "train_loss" && names[2] === "valid_loss" && names[names.length - 1] === "time");
const kerasCsv = csvFormat("keras-csv", (_, names) => isKeras(names));
export const lightningCsv = csvFormat("lightning-csv", (path, names) => /(^|\/)metrics\.csv$/.test(path) && names.includes("step") && (names.includes("epoch") || names.some(isTrainingName)), true);
export const csv = csvFormat("csv", () => true);

/** In the order in which they are asked. */
export const CSV_FORMATS: readonly LogFormat<CsvState>[] = [tensorBoardCsv, dvcliveTsv, wandbCsv, ultralyticsCsv, fastaiCsv, lightningCsv, kerasCsv, csv];
