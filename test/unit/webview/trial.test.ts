/** What the page says of a trial. */
import assert from "node:assert/strict";
import { blankTrial, heardPictures, heardState, NO_PICTURES, unfinished } from "../../../src/editor/losses/trialState";
import type { FromTrial } from "../../../src/engine/losses/trialMessages";
import { MOST_VARIANTS, type LossRow, type TrialChoice, type TrialState } from "../../../src/protocol";
import { choiceOf, classChart, endedWithWindow, foregroundChart, pictureDice, pictureText, progress, timeLeft, trainable, usualChoice, variantRows } from "../../../webview/losses/trialModel";
import { trialKeptOf } from "../../../webview/losses/trialPage";

const choice: TrialChoice = { data: "toy", variants: ["a", "b"], steps: 10, batchNorm: false, seeds: 2 };
const row = (id: string, own = false): LossRow => ({ id, name: own ? `${id}, this run's loss` : id, formula: "f", source: "s", unit: "image", absentRule: "none", traps: [], own, outlook: "open", sentence: "It is.", noCode: null, numbers: null });
const point = (id: string, seed: number, step: number, foreground: number | null, dice: (number | null)[] = [0.9, foreground, null]): FromTrial => ({ kind: "point", id, seed, step, steps: 10, seconds: step === 0 ? 0 : 60, loss: step === 0 ? null : 0.5, dice, foreground, background: 0.8 });
const begun: FromTrial = { kind: "begun", variants: [{ id: "own", name: "mine, this run's loss", own: true }, { id: "b", name: "other", own: false }], seeds: [0, 1], steps: 10, from: "toy", classes: 3, background: 0, train: 6, val: 2, instead: null };
const heard = (...messages: FromTrial[]): TrialState => messages.reduce<TrialState>((state, m) => heardState(state, m, []), { ...blankTrial(["toy"]), phase: "starting", choice });

describe("page of a trial", () => {
  it("one press trains the run's own loss and four that tell the most", () => {
    const rows = [row("port.ce"), row("own", true), row("x"), row("port.ben_so"), row("port.manu_per_image_eps"), row("monai.DiceCELoss(softmax)")];
    assert.deepEqual(usualChoice(rows, ["toy"]), { data: "toy", variants: ["own", "port.manu_per_image_eps", "port.ben_so", "port.ce", "monai.DiceCELoss(softmax)"], steps: 600, batchNorm: false, seeds: 1 });
  });
  it("takes the run's own always, what is there alone, and no more than eight", () => {
    const rows = [...Array.from({ length: 12 }, (_, i) => row(`l${i}`)), row("own", true)];
    assert.deepEqual(trainable(rows, ["l3", "gone", "own"]), ["own", "l3"]);
    assert.equal(trainable(rows, rows.map((r) => r.id)).length, MOST_VARIANTS);
  });
  it("keeps a choice that is well-formed", () => {
    assert.deepEqual(choiceOf(JSON.parse(JSON.stringify(choice))), choice);
    for (const raw of [null, 1, {}, { ...choice, data: "else" }, { ...choice, variants: "a" }, { ...choice, steps: "9" }]) assert.equal(choiceOf(raw), null);
    assert.deepEqual(trialKeptOf({ choice, variant: 3, listOpen: true, ran: true, open: { a: true, b: 1 } }), { choice, variant: null, listOpen: true, ran: true, open: { a: true } });
  });
  it("says how far each is, and what it may be asked", () => {
    const rows = variantRows(heard(begun, point("own", 0, 0, 0), point("own", 0, 5, 0.25)));
    assert.deepEqual(rows.map(({ name, words, dice, done, canSkip, own }) => ({ name, words, dice, done, canSkip, own })), [
      { name: "mine", words: "step 5 of 10, seed 1 of 2", dice: "0.250", done: 0.25, canSkip: true, own: true },
      { name: "other", words: "waiting", dice: "–", done: 0, canSkip: true, own: false },
    ]);
    assert.equal(progress(rows), 0.125);
    assert.equal(timeLeft(heard(begun, point("own", 0, 0, 0), point("own", 0, 5, 0.25))), "about 7 min left");
    assert.equal(timeLeft(heard(begun, point("own", 0, 0, 0))), null);
    const paused = variantRows({ ...heard(begun, point("own", 0, 5, 0.25)), phase: "paused" });
    assert.equal(paused[0]!.words, "paused at step 5 of 10, seed 1 of 2");
  });
  it("says what came to no number, failed or was stopped", () => {
    const state = heard(begun, point("own", 0, 5, 0.2), { kind: "ended", id: "own", seed: 0, why: "nan", message: "Not finite in step 6." }, { kind: "ended", id: "own", seed: 1, why: "done" }, { kind: "ended", id: "b", seed: 0, why: "stopped" });
    const [own, other] = variantRows(state);
    assert.equal(own!.words, "not finite");
    assert.equal(own!.sentence, "Not finite in step 6.");
    assert.equal(own!.canSkip, false);
    assert.equal(other!.words, "waiting, seed 2 of 2");
    assert.deepEqual(unfinished(state).map((l) => [l.id, l.seed]), [["b", 1]]);
    const ended = variantRows({ ...state, phase: "ended", verdict: { variants: [{ id: "own", name: "mine", outcome: "nan", sentence: "Told." }], summary: "", limits: "" } });
    assert.deepEqual([ended[0]!.words, ended[0]!.sentence, ended[0]!.canSkip], ["not finite", "Told.", false]);
  });
  it("draws the mean of the seeds that are done, and each seed thin", () => {
    const done = (id: string, seed: number): FromTrial => ({ kind: "ended", id, seed, why: "done" });
    const state = heard(begun, point("own", 0, 0, 0), point("own", 0, 10, 0.5), done("own", 0), point("own", 1, 0, 0), point("own", 1, 10, 0.25), done("own", 1));
    const chart = foregroundChart(state)!;
    assert.deepEqual(chart.lines.map((l) => [l.key, [...l.x], [...l.y], l.style.weight, l.listed ?? true]), [
      ["own", [0, 10], [0, 0.375], "strong", true],
      ["own 0", [0, 10], [0, 0.5], "thin", false],
      ["own 1", [0, 10], [0, 0.25], "thin", false],
    ]);
    assert.match(chart.sentence, /2 validation images.*Highest so far: mine \(this run's loss\), 0\.375\./);
    assert.equal(variantRows(state)[0]!.dice, "0.375 (0.250 to 0.500)");
    assert.deepEqual(chart.table().rows.map((r) => r[1]), ["0.000", "0.375"]);
    const half = foregroundChart(heard(begun, point("own", 0, 0, 0), point("own", 0, 10, 0.5), done("own", 0), point("own", 1, 0, 0.1)))!;
    assert.deepEqual([...half.lines[0]!.y], [0, 0.5]);
  });
  it("draws Dice of the classes that are there", () => {
    const state = heard(begun, point("own", 0, 0, 0), point("own", 0, 10, 0.005));
    const chart = classChart(state, "own")!;
    assert.deepEqual(chart.lines.map((l) => [l.label, [...l.y]]), [["background", [0.9, 0.9]], ["digit 0", [0, 0.005]]]);
    assert.match(chart.sentence, /Below 0\.01: digit 0\./);
    assert.equal(classChart(state, "b"), null);
    assert.equal(foregroundChart(heard(begun)), null);
  });
  it("knows a trial that ended with its window from one that ended while the page was hidden", () => {
    const ended: TrialState = { ...heard(begun), phase: "ended" };
    assert.equal(endedWithWindow(true, null, blankTrial(["toy"])), true);
    assert.equal(endedWithWindow(true, null, { ...ended, restored: true }), true);
    assert.equal(endedWithWindow(true, null, ended), false);
    assert.equal(endedWithWindow(true, null, heard(begun)), false);
    assert.equal(endedWithWindow(false, null, blankTrial(["toy"])), false);
  });
  it("says a picture in numbers", () => {
    const [labels, predicted] = [Uint8Array.of(0, 1, 1, 2), Uint8Array.of(0, 1, 0, 1)];
    assert.equal(pictureDice(labels, predicted, 0), (2 / 4 + 0) / 2);
    assert.equal(pictureDice(Uint8Array.of(0), Uint8Array.of(0), 0), null);
    assert.equal(pictureText({ names: ["background", "liver"], background: 0 }, labels, predicted), "liver: 2 pixels labelled, 2 predicted, 1 of them right; class 2: 1 pixel labelled, 0 predicted, 0 of them right");
    assert.match(pictureText({ names: [], background: 0 }, Uint8Array.of(0), Uint8Array.of(0)), /background alone/);
  });
  it("keeps the pictures of one seed", () => {
    const images = [{ width: 1, height: 1, image: Uint8Array.of(9), labels: Uint8Array.of(1), predicted: Uint8Array.of(2) }];
    const once = heardPictures(NO_PICTURES, { kind: "pictures", id: "a", seed: 0, images });
    assert.deepEqual(once, { images: [{ width: 1, height: 1, image: Uint8Array.of(9), labels: Uint8Array.of(1) }], predicted: [{ id: "a", seed: 0, images: [Uint8Array.of(2)] }] });
    assert.equal(heardPictures(once, { kind: "pictures", id: "a", seed: 1, images }), once);
    assert.equal(heardPictures(once, { kind: "pictures", id: "b", seed: 0, images }).images, once.images);
  });
});
