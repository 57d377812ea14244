import type { Plugin } from "esbuild";

/** Gives the bytes of the kernels in src/measure/simd, compiled; `root`: the project's folder. */
export function simd(root: string): Plugin;
