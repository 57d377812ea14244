/** What lies below a run besides its findings: classes, checkpoints, files, assumptions. */
import { posix } from "node:path";
import { dice, labelVoxels, predictedVoxels, type CheckpointMeasure, type Inspection, type SourceKind } from "../../run";
import { absolutePath } from "../places";
import { amount, className, diceWords, numberWords, shortPaths } from "../words";
import { INFO_ICON, WARNING_ICON, type Row } from "./row";

function group(folder: string, name: string, description: string, tooltip: string, icon: string, children: readonly Row[]): Row | null {
  if (children.length === 0) return null;
  return { id: `${folder}|${name}`, kind: "group", folder, label: name, description, tooltip, icon: { name: icon, colour: null }, open: false, children, action: null, context: `group ${name.toLowerCase()}` };
}

/** A row a class: its Dice at the newest measured epoch and its volumes in voxels. */
export function classGroup(folder: string, inspection: Inspection): Row | null {
  const measure = inspection.epochs.at(-1);
  const labels = measure === undefined ? volumesOf(inspection) : labelVoxels(measure);
  const predicted = measure === undefined ? null : predictedVoxels(measure);
  const scores = measure === undefined ? null : dice(measure);
  const count = Math.max(inspection.classes.length, measure?.classes ?? 0);
  const rows: Row[] = [];
  const regions = (measure ?? inspection.labels ?? inspection.trainLabels)?.regions === true;
  for (let c = regions ? 1 : 0; c < count; c++) {
    const name = className(c, inspection.classes[c]?.name);
    const background = c === inspection.background;
    const score = scores?.[c] ?? null;
    const labelled = labels?.[c];
    const parts: string[] = [];
    if (background) parts.push("background");
    if (scores !== null) parts.push(score === null ? "Dice undefined" : `Dice ${diceWords(score)}`);
    if (labelled !== undefined) parts.push(`labelled ${labelled.toLocaleString("en")}`);
    if (predicted !== null) parts.push(`predicted ${(predicted[c] ?? 0).toLocaleString("en")}`);
    const lost = !background && score !== null && score < 0.01 && (labelled ?? 0) > 0;
    rows.push({
      id: `${folder}|Classes|${c}`,
      kind: "class",
      folder,
      label: name,
      description: parts.join(" · "),
      tooltip: `${name}${background ? ", background" : ""}: ${classSentence(measure?.epoch, scores === null ? undefined : score, labelled, predicted?.[c])}`,
      icon: lost ? WARNING_ICON : { name: background ? "circle-large-outline" : "circle-large-filled", colour: null },
      open: false,
      children: [],
      action: { does: "openRun" },
      context: "class",
    });
  }
  const note = measure === undefined ? amount(rows.length, "class", "classes") : `${rows.length} at epoch ${measure.epoch}`;
  return group(folder, "Classes", note, `${amount(rows.length, "class", "classes")}${measure === undefined ? "" : `, measured at epoch ${measure.epoch}`}.`, "symbol-enum", rows);
}

function classSentence(epoch: number | undefined, score: number | null | undefined, labelled: number | undefined, predicted: number | undefined): string {
  const parts: string[] = [];
  if (score !== undefined && epoch !== undefined) parts.push(`Dice ${score === null ? "undefined, in neither labels nor predictions," : diceWords(score)} at epoch ${epoch}`);
  if (labelled !== undefined) parts.push(`${amount(labelled, "voxel")} labelled`);
  if (predicted !== undefined) parts.push(`${amount(predicted, "voxel")} predicted`);
  return parts.length === 0 ? "not measured." : `${parts.join(", ")}.`;
}

function volumesOf(inspection: Inspection): number[] | null {
  const set = inspection.labels ?? inspection.trainLabels;
  if (set === null) return null;
  const out = new Array<number>(set.classes).fill(0);
  for (let i = 0; i < set.volumes.length; i++) out[i % set.classes]! += set.volumes[i]!;
  return out;
}

export function checkpointGroup(folder: string, inspection: Inspection): Row | null {
  const names = shortPaths(inspection.checkpoints.map(({ path }) => path));
  const rows = inspection.checkpoints.map((checkpoint): Row => {
    const magnitudes = checkpoint.tensors.filter((t) => t.role === "kernel" && t.meanAbs !== null).map((t) => t.meanAbs!);
    const bad = checkpoint.tensors.filter((t) => t.nan + t.inf > 0).length;
    const range = magnitudes.length === 0 ? null : [Math.min(...magnitudes), Math.max(...magnitudes)] as const;
    const parts = [when(checkpoint), amount(checkpoint.tensors.length, "tensor")];
    if (range !== null) parts.push(range[0] === range[1] ? `mean |w| ${numberWords(range[0])}` : `mean |w| ${numberWords(range[0])} to ${numberWords(range[1])}`);
    if (bad > 0) parts.push(`${amount(bad, "tensor")} not finite`);
    return {
      id: `${folder}|Checkpoints|${checkpoint.path}`,
      kind: "checkpoint",
      folder,
      label: names.get(checkpoint.path) ?? checkpoint.path,
      description: parts.filter((part) => part !== "").join(" · "),
      tooltip: `Checkpoint ${checkpoint.path}, ${parts.filter((part) => part !== "").join(", ").replace("mean |w|", "mean magnitude of its kernels")}.`,
      icon: bad > 0 ? WARNING_ICON : { name: "database", colour: null },
      open: false,
      children: [],
      action: { does: "openRun" },
      context: "checkpoint",
      resource: absolutePath(folder, checkpoint.path),
    };
  });
  return group(folder, "Checkpoints", String(rows.length), `${amount(rows.length, "checkpoint")}.`, "layers", rows);
}

function when(checkpoint: CheckpointMeasure): string {
  if (checkpoint.epoch !== null) return `epoch ${checkpoint.epoch}`;
  return checkpoint.step === null ? "" : `step ${checkpoint.step}`;
}

const KIND_WORDS: Readonly<Record<SourceKind, string>> = { log: "log", checkpoint: "checkpoint", labels: "labels", predictions: "predictions", script: "script", config: "configuration" };
const KINDS_WORDS: Readonly<Record<SourceKind, string>> = { log: "logs", checkpoint: "checkpoints", labels: "labels", predictions: "predictions", script: "scripts", config: "configurations" };

interface FileOfRun {
  readonly path: string;
  readonly kind: SourceKind | null;
  readonly format: string;
  readonly problem: string | null;
}

/** So many files of one kind in one folder become one row. */
const MANY = 4;

/** Sources, those with problems first; then problems of paths that are no source. */
export function fileGroup(folder: string, inspection: Inspection): Row | null {
  const known = new Set(inspection.sources.map((source) => source.path));
  const problemOf = new Map(inspection.problems.map((problem) => [problem.path, problem.message]));
  const files: FileOfRun[] = [
    ...inspection.sources.map(({ path, kind, format, problem }) => ({ path, kind, format, problem: problem ?? problemOf.get(path) ?? null })),
    ...inspection.problems.filter((problem) => !known.has(problem.path)).map(({ path, message }) => ({ path, kind: null, format: "", problem: message })),
  ];
  const bad = files.filter((file) => file.problem !== null);
  const alike = new Map<string, FileOfRun[]>();
  for (const file of files) {
    if (file.problem !== null) continue;
    const key = `${posix.dirname(file.path)}/ ${file.kind ?? ""} ${file.format}`;
    alike.set(key, [...(alike.get(key) ?? []), file]);
  }
  const names = shortPaths(files.map(({ path }) => path));
  const named = (file: FileOfRun): Row => fileRow(folder, file, names.get(file.path) ?? file.path);
  const good = [...alike].flatMap(([key, list]) => (list.length < MANY || posix.dirname(list[0]!.path) === "." ? list.map(named) : [folderRow(folder, key, list)]));
  const rows = [...bad.map(named), ...good];
  const note = bad.length === 0 ? String(files.length) : `${files.length} · ${amount(bad.length, "problem")}`;
  return group(folder, "Files", note, `${amount(files.length, "file")}${bad.length === 0 ? "" : `, ${amount(bad.length, "problem")}`}.`, bad.length === 0 ? "files" : "warning", rows);
}

function fileRow(folder: string, file: FileOfRun, label: string): Row {
  const what = file.kind === null ? "" : `${KIND_WORDS[file.kind]}, ${file.format}`;
  return {
    id: `${folder}|Files|${file.path}|${file.kind ?? ""}|${file.format}|${file.kind === null ? (file.problem ?? "") : ""}`,
    kind: "file",
    folder,
    label,
    description: file.problem ?? what,
    tooltip: file.problem === null ? `${file.path}: ${what}.` : `Problem with ${file.path}: ${file.problem}`,
    icon: file.problem === null ? null : WARNING_ICON,
    open: false,
    children: [],
    action: { does: "openFile", path: file.path },
    context: "file",
    resource: absolutePath(folder, file.path),
  };
}

function folderRow(folder: string, key: string, files: readonly FileOfRun[]): Row {
  const first = files[0]!;
  const name = posix.dirname(first.path);
  const what = `${files.length.toLocaleString("en")} ${first.kind === null ? "files" : KINDS_WORDS[first.kind]}, ${first.format}`;
  return {
    id: `${folder}|Files|${key}`,
    kind: "file",
    folder,
    label: name,
    description: what,
    tooltip: `${name}: ${what}.`,
    icon: { name: "folder", colour: null },
    open: false,
    children: files.map((file) => fileRow(folder, file, posix.basename(file.path))),
    action: null,
    context: "files",
  };
}

/** What was assumed where the files do not tell. */
export function assumptionRows(folder: string, inspection: Inspection): Row | null {
  const rows = inspection.assumptions.map(
    (text, i): Row => ({
      id: `${folder}|Assumptions|${i}`,
      kind: "assumption",
      folder,
      label: text,
      description: "",
      tooltip: `Assumed: ${text}`,
      icon: INFO_ICON,
      open: false,
      children: [],
      action: null,
      context: "assumption",
    }),
  );
  return group(folder, "Assumptions", String(rows.length), `${amount(rows.length, "assumption")} where the files do not tell; the run's menu corrects them.`, "lightbulb", rows);
}
