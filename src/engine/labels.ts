/** Names that tell runs apart. */

/** Names that frameworks count up ("version_0", "fold_1"), and the folders that they keep these in: they say nothing of a run. */
const COUNTED = /^(?:version|fold|trial|run|exp)?[-_]?\d+$|^(?:lightning_logs|tb_logs|logs)$/i;

/** For each path its last folder's name that says something, and as much of what stands before as tells it from the others. */
export function shortestLabels(paths: readonly string[]): Map<string, string> {
  const labels = new Map<string, string>();
  let open = paths.map((path) => {
    const parts = path.split(/[\\/]/).filter((part) => part !== "");
    const telling = parts.findLastIndex((part) => !COUNTED.test(part));
    return { path, parts, least: telling < 0 ? 1 : parts.length - telling };
  });
  for (let depth = 1; open.length > 0; depth++) {
    const same = new Map<string, typeof open>();
    for (const one of open) {
      const label = one.parts.slice(-Math.max(depth, one.least)).join("/");
      same.set(label, [...(same.get(label) ?? []), one]);
    }
    open = [];
    for (const [label, ones] of same) {
      for (const one of ones) {
        labels.set(one.path, label === "" ? one.path : label);
        if (ones.length > 1 && one.parts.length > Math.max(depth, one.least)) open.push(one);
      }
    }
  }
  return labels;
}
