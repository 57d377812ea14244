/** Names that tell runs apart. */

/** For each path its last folder's name, and as much of what stands before as tells it from the others. */
export function shortestLabels(paths: readonly string[]): Map<string, string> {
  const labels = new Map<string, string>();
  let open = paths.map((path) => ({ path, parts: path.split(/[\\/]/).filter((part) => part !== "") }));
  for (let depth = 1; open.length > 0; depth++) {
    const same = new Map<string, typeof open>();
    for (const one of open) {
      const label = one.parts.slice(-depth).join("/");
      same.set(label, [...(same.get(label) ?? []), one]);
    }
    open = [];
    for (const [label, ones] of same) {
      for (const one of ones) {
        labels.set(one.path, label === "" ? one.path : label);
        if (ones.length > 1 && one.parts.length > depth) open.push(one);
      }
    }
  }
  return labels;
}
