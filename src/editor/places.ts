/** Paths as runs name them, and what of them may be opened. */
import { isAbsolute, join, sep } from "node:path";
import type { Finding, Inspection } from "../run";

/** Absolute path of what a run calls `path`: relative to its folder, or absolute already. */
export function absolutePath(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

/** Whether a path is a folder or lies below it. */
export function isBelow(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** A finding and all that hang below it, the leading ones first. */
export function* everyFinding(findings: readonly Finding[], depth = 0): Generator<{ readonly finding: Finding; readonly depth: number }> {
  for (const finding of findings) {
    yield { finding, depth };
    yield* everyFinding(finding.explains, depth + 1);
  }
}

/** Paths that a run's findings, sources, problems and loss name; nothing else is opened on a page's word. */
export function namedPaths(inspection: Inspection): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { finding } of everyFinding(inspection.findings)) for (const place of finding.at) paths.add(place.path);
  for (const source of inspection.sources) paths.add(source.path);
  for (const problem of inspection.problems) paths.add(problem.path);
  if (inspection.loss?.path != null) paths.add(inspection.loss.path);
  return paths;
}

const BINARY = /\.(keras|h5|hdf5|npy|npz|nii|gz|mha|nrrd|pt|pth|ckpt|pkl|onnx|safetensors|zip|wandb|index|data-\d+-of-\d+)$|tfevents/i;

/** Whether a text editor could show nothing of it. */
export function isBinary(path: string): boolean {
  return BINARY.test(path);
}
