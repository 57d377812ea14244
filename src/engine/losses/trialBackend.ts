/** Which TensorFlow.js trains: the native one where it is installed, else WebAssembly, else plain JavaScript. */
import { availableParallelism } from "node:os";
import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import { registerFilterGradient } from "../../losses/trial/layers";
import type { Tensorflow } from "../../losses/trial/tensorflow";
import { messageOf } from "../errors";
import type { BackendName } from "./trialMessages";

export interface Backend {
  readonly tf: Tensorflow;
  readonly name: BackendName;
  readonly words: string;
}

/** `assets`: folder of the .wasm files. `folders`: where tfjs-node is looked for. Throws when none works. */
export async function backend(assets: string, folders: readonly string[], only?: BackendName): Promise<Backend> {
  const tried: string[] = [];
  for (const [name, open] of ways(assets, folders)) {
    if (only !== undefined && only !== name) continue;
    try {
      const { tf, words } = await open();
      await works(tf, name);
      return { tf, name, words: [words, ...tried].join("; ") };
    } catch (error) {
      tried.push(`${name}: ${messageOf(error).split("\n")[0]!}`);
    }
  }
  throw new Error(`no backend of TensorFlow.js works: ${tried.join("; ")}`);
}

type Opened = { readonly tf: Tensorflow; readonly words: string };

function ways(assets: string, folders: readonly string[]): [BackendName, () => Promise<Opened>][] {
  return [
    ...folders.map((folder): [BackendName, () => Promise<Opened>] => ["tensorflow", () => native(folder)]),
    ["wasm", () => wasm(assets)],
    ["cpu", plain],
  ];
}

async function native(folder: string): Promise<Opened> {
  // Its code calls what Node 23 took away.
  const old = util as unknown as Record<string, unknown>;
  old["isNullOrUndefined"] ??= (x: unknown) => x === null || x === undefined;
  old["isArray"] ??= Array.isArray;
  const find = createRequire(join(folder, "package.json"));
  let path: string;
  try {
    path = find.resolve("@tensorflow/tfjs-node");
  } catch {
    throw new Error(`not installed in ${folder}`);
  }
  const tf = find(path) as Tensorflow & { readonly version?: Readonly<Record<string, string>> };
  await tf.setBackend("tensorflow");
  return { tf, words: `TensorFlow, native (tfjs-node ${tf.version?.["tfjs-node"] ?? ""})` };
}

async function wasm(assets: string): Promise<Opened> {
  const tf = await import("@tensorflow/tfjs-core");
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(join(assets, "/"));
  if (!(await tf.setBackend("wasm"))) throw new Error("does not start");
  registerFilterGradient(tf);
  return { tf, words: `WebAssembly, one thread of ${availableParallelism()}` };
}

async function plain(): Promise<Opened> {
  const tf = await import("@tensorflow/tfjs-core");
  await import("@tensorflow/tfjs-backend-cpu");
  if (!(await tf.setBackend("cpu"))) throw new Error("does not start");
  return { tf, words: "plain JavaScript, many times slower than WebAssembly" };
}

/** A backend may load and fail at its first operation. */
async function works(tf: Tensorflow, name: BackendName): Promise<void> {
  await tf.ready();
  if (tf.getBackend() !== name) throw new Error(`runs on ${tf.getBackend()} instead`);
  const two = tf.tidy(() => tf.matMul(tf.ones([1, 2]), tf.ones([2, 1])).dataSync()[0]);
  if (two !== 2) throw new Error("computes wrong numbers");
}
