/** Patterns of files as package.json names them. */

/** `a.{b,c}` is a.b and a.c: braces may not stand in braces. */
export function alternatives(pattern: string): string[] {
  const [, before, among, after] = /^([^{]*)\{([^{}]*)\}(.*)$/.exec(pattern) ?? [];
  if (before === undefined || among === undefined || after === undefined) return [pattern];
  return among.split(",").flatMap((one) => alternatives(before + one + after));
}
