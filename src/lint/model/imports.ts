/** import statements: library names, and modules of the user's own through the caller's resolver. */
import { children, textOf, type Node } from "../python";
import type { Frame, Interpreter } from "./interpret";
import { canonical } from "./names";
import type { LoadedFile } from "./program";
import { UNKNOWN, type Value } from "./values";

/** Libraries that rules know: they are not looked for among the user's files. */
const LIBRARIES = /^(numpy|torch|tensorflow|tf_keras|keras|jax|flax|optax|monai|kornia|segmentation_models_pytorch|torchmetrics|scipy|skimage|os|sys|re|math|typing|functools|collections|itertools|abc|warnings|logging|copy|random|time|json|pathlib|matplotlib|pandas|cv2|PIL|sklearn|tqdm|einops|unittest|pytest|dataclasses|enum|inspect|contextlib|operator)(\.|$)/;

/** A library's own files are its user's own when it is the library that is linted. */
function isLibrary(module: string, from: string): boolean {
  const top = LIBRARIES.exec(module)?.[1];
  // Its tests use it as anybody does.
  return top !== undefined && (!from.includes(`/${top}/`) || /_test\.py$|\/tests?\//.test(from));
}

export function importStatement(interpreter: Interpreter, node: Node, frame: Frame): void {
  const parts = children(node);
  if (parts[0]?.name === "from") fromImport(interpreter, parts, frame);
  else plainImport(interpreter, parts, frame);
}

/** The file of a module, its own statements followed. */
function follow(interpreter: Interpreter, module: string, frame: Frame): LoadedFile | null {
  const followed = (): LoadedFile | null => {
    const own = interpreter.program.imported(module, frame.file.path);
    if (own !== null) interpreter.module(own);
    return own;
  };
  const { memory } = interpreter.program;
  return memory === null ? followed() : memory.follow(interpreter, module, frame, followed);
}

/** import a.b as c, d.e */
function plainImport(interpreter: Interpreter, parts: readonly Node[], frame: Frame): void {
  for (const group of split(parts.slice(1))) {
    const as = group.findIndex((p) => p.name === "as");
    const names = (as < 0 ? group : group.slice(0, as)).filter((p) => p.name === "VariableName").map((p) => textOf(frame.file, p));
    const alias = as < 0 ? undefined : group[as + 1];
    const [top] = names;
    if (top === undefined) continue;
    if (alias !== undefined) frame.env.set(textOf(frame.file, alias), moduleValue(interpreter, names.join("."), frame));
    else frame.env.set(top, { kind: "library", path: top });
  }
}

function moduleValue(interpreter: Interpreter, module: string, frame: Frame): Value {
  const own = isLibrary(module, frame.file.path) ? null : follow(interpreter, module, frame);
  return own === null ? { kind: "library", path: canonical(module) } : { kind: "library", path: `file:${own.file.path}` };
}

/** from a.b import c as d, e */
function fromImport(interpreter: Interpreter, parts: readonly Node[], frame: Frame): void {
  const at = parts.findIndex((p) => p.name === "import");
  if (at < 0) return;
  const module = parts.slice(1, at).map((p) => textOf(frame.file, p)).join("");
  const own = isLibrary(module, frame.file.path) ? null : follow(interpreter, module, frame);
  for (const group of split(parts.slice(at + 1).filter((p) => p.name !== "(" && p.name !== ")"))) {
    const [name, as, alias] = group;
    if (name === undefined) continue;
    if (name.name === "*") {
      if (own !== null) for (const [each, value] of own.env.save()) if (!each.startsWith("_")) frame.env.set(each, value);
      continue;
    }
    if (name.name !== "VariableName") continue;
    const text = textOf(frame.file, name);
    const bound = as?.name === "as" && alias !== undefined ? textOf(frame.file, alias) : text;
    frame.env.set(bound, own === null ? fromLibrary(module, text, interpreter, frame) : (memberOf(own, text) ?? submodule(module, text, interpreter, frame)));
  }
}

function fromLibrary(module: string, name: string, interpreter: Interpreter, frame: Frame): Value {
  if (module.startsWith(".")) return submodule(module, name, interpreter, frame);
  return { kind: "library", path: canonical(`${module}.${name}`) };
}

/** from . import losses */
function submodule(module: string, name: string, interpreter: Interpreter, frame: Frame): Value {
  const own = follow(interpreter, module.endsWith(".") ? module + name : `${module}.${name}`, frame);
  return own === null ? UNKNOWN : { kind: "library", path: `file:${own.file.path}` };
}

function memberOf(own: LoadedFile, name: string): Value | null {
  return own.env.get(name) ?? null;
}

/** A name of a user's module that was imported whole (`path` begins with "file:"). */
export function moduleMember(interpreter: Interpreter, path: string, name: string): Value {
  return interpreter.program.loaded(path.slice(5))?.env.get(name) ?? UNKNOWN;
}

function split(parts: readonly Node[]): Node[][] {
  const groups: Node[][] = [[]];
  for (const part of parts) {
    if (part.name === ",") groups.push([]);
    else groups.at(-1)!.push(part);
  }
  return groups.filter((g) => g.length > 0);
}
