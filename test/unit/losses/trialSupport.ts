/** TensorFlow.js for the tests of the trial. */
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import type { TrialData } from "../../../src/losses/trial/data";
import { digitsOf } from "../../../src/losses/trial/digits";
import { registerFilterGradient } from "../../../src/losses/trial/layers";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BACKENDS = ["wasm", "cpu"] as const;

/** The library, running on the backend. */
export async function running(backend: (typeof BACKENDS)[number]): Promise<typeof tf> {
  setWasmPaths(join(ROOT, "node_modules", "@tensorflow", "tfjs-backend-wasm", "dist", "/"));
  tf.env().set("IS_TEST", true); // no advertisement of other backends
  await tf.setBackend(backend);
  registerFilterGradient(tf);
  return tf;
}

export const digitBytes = (): Uint8Array => inflateRawSync(readFileSync(join(ROOT, "media", "trial", "digits.bin")));

export const toy = (): TrialData => digitsOf(digitBytes());
