import assert from "node:assert/strict";
import { measureEpoch, measureLabels } from "../../../src/measure/segmentation";
import { overSameClasses } from "../../../src/measure/widen";
import { dice, labelVoxels, predictedVoxels, type EpochMeasure } from "../../../src/run";
import { blobs, pair, stored, type Nd } from "./arrays";

const labels = blobs([2, 6, 6], 3, 1);
const make = (nd: Nd): EpochMeasure => measureEpoch({ epoch: 0, split: "val", predictions: "p", labels: "l", classesHint: null, files: 1 }, [pair(stored(labels).entry, stored(nd).entry)]);

describe("all sets of a run over the same classes", () => {
  it("an epoch that predicts a class more widens the others; what it lacks is undefined, not 0", () => {
    const plain = make(labels);
    const more = make({ shape: labels.shape, at: (n, y, x) => (y === 0 ? 4 : labels.at(n, y, x)) });
    const set = measureLabels({ path: "l", split: "val", classesHint: null, files: 1 }, [pair(stored(labels).entry, stored(labels).entry)]);
    const { epochs, labels: wide, trainLabels } = overSameClasses({ epochs: [plain, more], trainEpochs: [], labels: set, trainLabels: null });
    assert.deepEqual(epochs.map((e) => e.classes), [5, 5]);
    assert.equal(epochs[1], more);
    assert.deepEqual(dice(epochs[0]!), [1, 1, 1, null, null]);
    assert.deepEqual(labelVoxels(epochs[0]!).slice(0, 3), labelVoxels(plain));
    assert.deepEqual(predictedVoxels(epochs[0]!).slice(3), [0, 0]);
    assert.deepEqual([...epochs[0]!.caseDice], [1, 1, 1, NaN, NaN, 1, 1, 1, NaN, NaN]);
    assert.equal(wide.classes, 5);
    assert.deepEqual([...wide.volumes.slice(5, 10)], [...set.volumes.slice(3, 6), 0, 0]);
    assert.equal(trainLabels, null);
  });
});
