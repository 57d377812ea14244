/**
 * Strangers' files in ../shared/realdata, where it exists. What each must give stands in realdata.txt, counted and summed by the
 * format's reference library (TensorBoard, pandas, nibabel, Pillow, ONNX, safetensors, h5py, PyTorch, TensorFlow; Python for text).
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../engine/support";
import { outcomeOf } from "./outcome";

const REALDATA = join(ROOT, "..", "shared", "realdata");
/** Milliseconds of this thread's CPU that one file may take. */
const LONGEST = 5000;

/** Path → outcome: a line of its own, a pattern between slashes, or "nothing (why)". Lines without indent name a folder. */
function expectations(): Map<string, string> {
  const out = new Map<string, string>();
  let folder = "";
  for (const line of readFileSync(join(ROOT, "test", "unit", "shared", "realdata.txt"), "utf8").split("\n")) {
    const [name, outcome] = line.split("\t");
    if (outcome !== undefined) out.set(`${folder}${name!.trim()}`, outcome);
    else folder = line === "./" ? "" : line;
  }
  return out;
}

if (existsSync(REALDATA)) {
  describe("strangers' files", () => {
    const expected = expectations();
    const files = readdirSync(REALDATA, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(REALDATA.length + 1).replaceAll("\\", "/"));

    it("are all expected", () => {
      assert.ok(files.length > 0);
      assert.deepEqual(files.filter((path) => !expected.has(path)), []);
    });

    for (const path of files.sort()) {
      const want = expected.get(path);
      if (want === undefined) continue;
      it(`${path}: ${want}`, async () => {
        const before = process.cpuUsage();
        const got = await outcomeOf(REALDATA, path);
        const { user, system } = process.cpuUsage(before);
        assert.ok((user + system) / 1000 < LONGEST, `${(user + system) / 1000} ms`);
        assert.match(got, /^(nothing$|(log|checkpoint|volume|config) |[\w.+-]+: )[^\n]*$/);
        if (want.startsWith("/")) assert.match(got, new RegExp(want.slice(1, -1)));
        else assert.equal(got, want.replace(/^nothing \(.*\)$/, "nothing"));
      });
    }
  });
}
