import assert from "node:assert/strict";
import { npzWeights } from "../../../../src/read/checkpoints/npzWeights";
import { acceptsWith, bytesOf, concat, openWith, values } from "./files";
import { storedZip } from "./support";

function npy(shape: readonly number[], descr = "<f4", fortran = false): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${shape.map((n) => `${n},`).join(" ")}), }\n`;
  const count = shape.reduce((a, b) => a * b, 1);
  const size = Number(descr.slice(-1));
  const data = descr === "<f4" ? new Uint8Array(Float32Array.from({ length: count }, (_, i) => i).buffer) : new Uint8Array(count * size).fill(1);
  return concat([0x93], "NUMPY", [1, 0, header.length & 255, header.length >> 8], header, data);
}
type Arrays = Readonly<Record<string, readonly [readonly number[], string?, boolean?]>>;
const npz = (arrays: Arrays): Uint8Array => storedZip(Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npy(...array)])));
const accepts = (name: string, arrays: Arrays): boolean => acceptsWith(npzWeights, name, npz(arrays));

const list: Arrays = { arr_0: [[3, 3, 1, 4]], arr_1: [[4]], arr_2: [[1, 1, 4, 2]], arr_3: [[2]] };
const named: Arrays = { "conv/kernel:0": [[3, 3, 1, 4]], "conv/bias:0": [[4]], "bn/gamma:0": [[4]], "bn/moving_mean:0": [[4]] };

describe("weights in .npz", () => {
  it("are claimed by names of variables, or by a name of weights and the shapes of layers", () => {
    assert.ok(accepts("run/weights_05.npz", list));
    assert.ok(accepts("run/checkpoints/epoch_05.npz", list));
    assert.ok(accepts("run/best.npz", named));
    assert.ok(accepts("run/epoch3.npz", { "conv1.weight": [[4, 1, 3, 3]], "conv1.bias": [[4]], "head.weight": [[2, 4]], "head.bias": [[2]], epoch: [[], "<i8"] }));
    assert.ok(accepts("run/params.npz", { W1: [[4, 8]], b1: [[8]], W2: [[8, 2]], b2: [[2]] }));
  });

  it("are never found in labels, predictions and data sets", () => {
    const cases: [string, Arrays][] = [
      ["run/out.npz", list],
      ["run/predictions/epoch_05.npz", { arr_0: [[4, 8, 8]] }],
      ["run/weights/val_pred.npz", { arr_0: [[4, 8, 8, 3]], arr_1: [[3]] }],
      ["run/checkpoints/epoch_05.npz", { arr_0: [[4, 8, 8, 3]], arr_1: [[4, 8, 8, 3]] }],
      ["run/weights_05.npz", { arr_0: [[4, 8, 8, 3]], arr_1: [[4, 8, 8]] }],
      ["run/weights_05.npz", { arr_0: [[40, 8, 8]], arr_1: [[40]] }],
      ["run/weights_05.npz", { arr_0: [[40, 8, 8], "|u1"], arr_1: [[8], "|u1"] }],
      ["run/weights_05.npz", { arr_0: [[4, 8, 8]] }],
      ["run/class_weights.npz", { arr_0: [[4, 8]], arr_1: [[8]] }],
      ["run/case.npz", { image: [[8, 8]], label: [[8, 8], "|u1"], weight: [[8, 8]] }],
      ["run/case.npz", { image: [[8, 8]], weight: [[8, 8]] }],
      ["run/norm.npz", { mean: [[3]], std: [[3]] }],
      ["run/norm.npz", { scale: [[3]], bias: [[3]] }],
      ["run/weight_maps.npz", { w: [[8, 8]], b: [[8, 8]] }],
      ["run/val.npz", { x: [[8, 8]], y: [[8]], w: [[8, 8]], b: [[8]] }],
    ];
    for (const [name, arrays] of cases) assert.ok(!accepts(name, arrays), `${name} ${JSON.stringify(arrays)}`);
    assert.ok(!acceptsWith(npzWeights, "weights.npz", bytesOf("PK\u0003\u0004 and then nothing")));
  });

  it("give elements in C order, whatever order they lie in", () => {
    const { tensors, epoch } = openWith(npzWeights, "w.npz", npz({ "a/kernel": [[2, 3], "<f4", true], "a/bias": [[3]], "a/empty": [[0, 3]], epoch: [[], "<i1"] }));
    assert.deepEqual(tensors.map((t) => [t.name, values(t)]), [["a/kernel", [0, 2, 4, 1, 3, 5]], ["a/bias", [0, 1, 2]], ["a/empty", []]]);
    assert.equal(epoch, 1);
  });

  it("list what is pickled, and never read it", () => {
    const { tensors, problems } = openWith(npzWeights, "w.npz", npz({ "a/kernel": [[2, 3]], "a/bias": [[3]], "a/thing": [[1], "|O8"] }));
    assert.deepEqual([tensors.length, problems.length], [2, 1]);
    assert.match(problems[0]!, /pickled and is not read/);
  });
});
