/**
 * OME-Zarr image pyramids: one array at several resolutions, the full one first (ngff.openmicroscopy.org, "multiscales": in the
 * group's .zattrs of zarr 2, in the attributes of its zarr.json of zarr 3, there below "ome" from version 0.5 on).
 */

/** Largest group metadata that is looked into, in bytes; a plate's may list thousands of wells. */
export const LARGEST_ATTRIBUTES = 1 << 22;

/** The folder of a group that `path` may be the attributes of ("" for the run's own); null for other files. */
export function groupOf(path: string): string | null {
  const found = /^(?:(.*)\/)?(?:\.zattrs|zarr\.json)$/.exec(path);
  return found === null ? null : (found[1] ?? "");
}

/** Paths below the group of all levels but the first; none where the text is something else. */
export function lowerLevels(text: string): string[] {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return []; // whoever reads the store says what is wrong with it
  }
  const attributes = at(root, "attributes") ?? root;
  const scales = at(at(attributes, "ome") ?? attributes, "multiscales");
  if (!Array.isArray(scales)) return [];
  return scales.flatMap((scale: unknown) => {
    const levels = at(scale, "datasets");
    return Array.isArray(levels) ? levels.slice(1).map((level: unknown) => at(level, "path")).filter((path) => typeof path === "string" && path !== "") : [];
  }) as string[];
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
