/** What the run consists of: files by kind, what is wrong with some, and what had to be assumed. */
import type { Source, SourceKind } from "../../src/run";
import type { RunView } from "../../src/protocol";
import { amount } from "./format";

export interface FileRow {
  readonly path: string;
  readonly format: string;
  readonly problem: string | null;
  /** Whether an editor shows it as text. */
  readonly text: boolean;
}

export interface FilesModel {
  readonly sentence: string;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly groups: readonly { readonly kind: SourceKind; readonly name: string; readonly files: readonly FileRow[] }[];
  readonly assumptions: readonly string[];
}

const KINDS: readonly (readonly [SourceKind, string])[] = [
  ["log", "Logs"],
  ["labels", "Labels"],
  ["predictions", "Predictions"],
  ["checkpoint", "Checkpoints"],
  ["script", "Scripts"],
  ["config", "Configuration"],
];
const TEXT = /\.(csv|tsv|txt|log|json|jsonl|ndjson|py|ya?ml|toml|cfg|ini|md)$/i;

export function filesModel(run: Pick<RunView, "sources" | "problems" | "assumptions">): FilesModel {
  const groups = KINDS.map(([kind, name]) => ({ kind, name, files: run.sources.filter((s) => s.kind === kind).map(row) })).filter((g) => g.files.length > 0);
  const problems = problemsOf(run);
  const count = amount(run.sources.length, "file or folder", "files and folders");
  return {
    sentence: problems.length === 0 ? `${count} read, none with a problem.` : `${count} read, ${amount(problems.length, "problem")}; what was good was kept.`,
    problems,
    groups,
    assumptions: run.assumptions,
  };
}

function row(source: Source): FileRow {
  return { path: source.path, format: source.format, problem: source.problem, text: TEXT.test(source.path) };
}

/** Problems of the run and of its sources, each once. */
function problemsOf(run: Pick<RunView, "sources" | "problems">): { path: string; message: string }[] {
  const out = new Map<string, { path: string; message: string }>();
  for (const p of run.problems) out.set(`${p.path}\n${p.message}`, p);
  for (const s of run.sources) if (s.problem !== null) out.set(`${s.path}\n${s.problem}`, { path: s.path, message: s.problem });
  return [...out.values()];
}
