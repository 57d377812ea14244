/** Compiled from the .ts of the same name when the project is bundled (scripts/lib/simd.mjs). */
declare module "*/kernels.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
