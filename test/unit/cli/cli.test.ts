import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { age, built, copyOf, inspectOnce, listing, put, ROOT, temporary } from "../engine/support";

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Report {
  readonly schema: string;
  readonly runs: readonly Record<string, unknown>[];
}

describe("run-doctor in a terminal", function () {
  this.timeout(60_000);
  let cli = "";
  let workspace = "";
  before(async () => {
    cli = join(await built(), "cli.js");
    workspace = temporary();
    cpSync(join(ROOT, "examples"), join(workspace, "runs"), { recursive: true });
    mkdirSync(join(workspace, "empty"));
    writeFileSync(join(workspace, "file.csv"), "epoch,loss\n0,1\n");
    age(workspace);
  });

  function run(args: readonly string[], env: Record<string, string> = {}): Ran {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: workspace, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, ...env } });
    return { code: status, out: stdout, err: stderr };
  }

  function json(args: readonly string[]): Report {
    const { code, out, err } = run(["inspect", ...args, "--json"]);
    assert.deepEqual([code, err], [0, ""]);
    return JSON.parse(out) as Report;
  }

  it("shows a folder of runs: a table, then each run; no colour where nobody sees it", () => {
    const { code, out, err } = run(["inspect", "runs"], { FORCE_COLOR: "1" });
    assert.deepEqual([code, err], [0, ""]);
    const lines = out.split("\n");
    assert.match(lines[0]!, /^RUN +STATE +EPOCHS +FG DICE +DIAGNOSIS$/);
    assert.ok(lines.slice(1, 4).some((line) => /^digits-generalized-dice +finished +12 +0\.000 +only-background since epoch 0$/.test(line)));
    assert.equal(out.includes("\x1b"), false);
    assert.match(out, /\n$/);
  });

  it("writes one JSON document, the same bytes each time, with the keys of the schema", () => {
    const [a, b] = [run(["inspect", "runs", "--json"]), run(["inspect", "--json", "runs/"])];
    assert.equal(a.code, 0);
    assert.equal(a.err, "");
    assert.equal(a.out, b.out);
    // From elsewhere too: no path depends on where the folder lies.
    const elsewhere = temporary();
    cpSync(join(workspace, "runs"), join(elsewhere, "x"), { recursive: true, preserveTimestamps: true });
    assert.equal(run(["inspect", join(elsewhere, "x"), "--json"]).out, a.out);

    const report = JSON.parse(a.out) as Report;
    assert.equal(report.schema, "run-doctor/report/1");
    assert.deepEqual(report.runs.map((one) => one["path"]), ["digits-cross-entropy", "digits-generalized-dice", "volumes-generalized-dice"]);
    const has = (value: unknown, keys: string): void => {
      for (const key of keys.split(" ")) assert.ok(Object.hasOwn(value as object, key), key);
    };
    const first = (of: Record<string, unknown>, key: string): unknown => (of[key] as unknown[])[0];
    for (const one of report.runs) {
      has(one, "path state sources classes series epochs checkpoints classWeights labels trainLabels findings problems");
      has(one["labels"], "path split cases voxels casesWithout batches");
      has(first(one, "sources"), "path kind format problem");
      has(first(one, "classes"), "index name background");
      has(first(one, "series"), "tag source split quantity class points firstStep lastStep lastValue min max nonFinite restarts");
      has(first(one, "epochs"), "epoch predictions labels cases dice iou labelVoxels predictedVoxels");
      const checkpoint = first(one, "checkpoints") as Record<string, unknown>;
      has(checkpoint, "path format epoch tensors");
      has(first(checkpoint, "tensors"), "name dtype shape count zeros subnormal nan inf min max mean std meanAbs l2 maxAbsChange");
      assert.equal((first(checkpoint, "tensors") as Record<string, unknown>)["maxAbsChange"], null);
    }
    const sick = report.runs[1]!;
    has(sick["classWeights"], "formula over weights");
    has(first(sick, "findings"), "symptom severity subject since evidence message advice at explains");
    for (const path of JSON.stringify(report.runs.map((one) => [one["sources"], one["problems"], one["findings"]])).matchAll(/"path":"([^"]*)"/g)) assert.doesNotMatch(path[1]!, /^\/|\\|^[A-Z]:/);
  });

  it("writes null for what is undefined or not finite, and counts it", () => {
    const folder = join(workspace, "nan");
    put(join(folder, "training.csv"), "epoch,loss,val_loss\n0,1,1\n1,nan,inf\n");
    const [one] = json(["nan"]).runs;
    const [loss] = one!["series"] as Record<string, unknown>[];
    assert.deepEqual([loss!["lastValue"], loss!["nonFinite"], loss!["points"]], [null, 1, 2]);
    rmSync(folder, { recursive: true });
  });

  it("calls a run that was asked for itself “.”", () => {
    assert.deepEqual(json(["runs/digits-cross-entropy"]).runs.map((one) => one["path"]), ["."]);
    assert.match(run(["inspect", "runs/digits-cross-entropy"]).out, /^digits-cross-entropy +finished/m);
  });

  it("lints with the numbers of a run, where one is named", () => {
    put(join(workspace, "gdl.py"), "from keras import backend as K\n\ndef gdl_loss(y_true, y_pred):\n    w = 1 / (K.sum(y_true, axis=(1, 2)) ** 2 + 1e-5)\n    n = K.sum(w * K.sum(y_true * y_pred, axis=(1, 2)))\n    return 1 - 2 * n / K.sum(w * K.sum(y_true + y_pred, axis=(1, 2)))\n");
    const { code, out, err } = run(["lint", "gdl.py", "--run", "runs/digits-generalized-dice"]);
    assert.deepEqual([code, err], [0, ""]);
    // 367 of 400 images hold no 6; 269,177 voxels of background.
    assert.match(out, /warning L2: Class 6 is absent from 91\.8 % of the images of run digits-generalized-dice \(validation labels\); its weight there is 1e5, 4\.5e10 times that of background \(1\/\(V² \+ 1e-5\) with V = 670, the mean of an image\)\./);
    for (const [folder, why] of [["runs", /3 runs in it: name one \(digits-cross-entropy, /], ["empty", /no run whose labels could be counted/], ["none", /ENOENT/]] as const) {
      const wrong = run(["lint", "gdl.py", "--run", folder]);
      assert.deepEqual([wrong.code, wrong.out], [2, ""]);
      assert.match(wrong.err, why);
    }
    rmSync(join(workspace, "gdl.py"));
  });

  it("has nothing to say of an empty folder, and that is no error", () => {
    assert.deepEqual(json(["empty"]), { schema: "run-doctor/report/1", runs: [] });
    const { code, out } = run(["inspect", "empty"]);
    assert.deepEqual([code, out], [0, "No run found in empty: no training log, checkpoint or prediction that can be read.\n"]);
  });

  const WRONG: readonly [string, readonly string[], RegExp][] = [
    ["no command", [], /^run-doctor: a command is missing: inspect FOLDER \(run-doctor --help\)\n$/],
    ["an unknown command", ["look", "runs"], /^run-doctor: unknown command "look" \(run-doctor --help\)\n$/],
    ["no folder", ["inspect"], /^run-doctor: FOLDER is missing/],
    ["two folders", ["inspect", "runs", "empty"], /^run-doctor: one FOLDER at a time/],
    ["an unknown option", ["inspect", "runs", "--fast"], /^run-doctor: unknown option "--fast"/],
    ["an option without its value", ["inspect", "runs", "--labels"], /^run-doctor: --labels needs a value/],
    ["a background that is no index", ["inspect", "runs", "--background", "-1"], /^run-doctor: --background takes a class index, not "-1"/],
    ["an empty class name", ["inspect", "runs", "--class-names", "a,,b"], /^run-doctor: --class-names takes names/],
    ["a folder that is not there", ["inspect", "nowhere\nelse"], /^run-doctor: nowhere else: ENOENT: no such file or directory\n$/],
    ["a file", ["inspect", "--labels", "x", "file.csv"], /^run-doctor: file.csv: not a folder\n$/],
    ["a folder in a file", ["inspect", "file.csv/x", "--json"], /^run-doctor: file.csv\/x: ENOTDIR: not a directory\n$/],
  ];
  for (const [what, args, line] of WRONG) {
    it(`gives 2 and one line for ${what}`, () => {
      const { code, out, err } = run(args);
      assert.equal(code, 2);
      assert.equal(out, "");
      assert.match(err, line);
      assert.equal(err.split("\n").length, 2);
    });
  }

  it("tells its usage and version", () => {
    for (const args of [["--help"], ["-h"], ["inspect", "--help"]]) assert.match(run(args).out, /^run-doctor: .*\n\nusage: run-doctor inspect FOLDER/);
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
    assert.equal(run(["--version"]).out, `${version}\n`);
  });

  it("takes what the user says of labels, predictions, background and classes", () => {
    const folder = join(workspace, "renamed");
    copyOf("digits-generalized-dice", folder, ["training.csv", "checkpoints"]);
    cpSync(join(ROOT, "examples", "digits-generalized-dice", "labels", "val.npz"), join(workspace, "elsewhere", "a.npz"));
    cpSync(join(ROOT, "examples", "digits-generalized-dice", "predictions"), join(folder, "out"), { recursive: true });
    age(workspace);
    const [one] = json(["renamed", "--labels=../elsewhere/a.npz", "--predictions", "out", "--background", "2", "--class-names", "none, one,two"]).runs;
    const epochs = one!["epochs"] as Record<string, unknown>[];
    assert.equal(epochs.length, 12);
    assert.match(String(epochs[0]!["labels"]), /^\.\.\/elsewhere\/a\.npz/);
    assert.deepEqual((one!["classes"] as object[]).slice(0, 4), [
      { index: 0, name: "none", background: false },
      { index: 1, name: "one", background: false },
      { index: 2, name: "two", background: true },
      { index: 3, name: null, background: false },
    ]);
    rmSync(folder, { recursive: true });
  });

  it("takes a folder whose name begins with a dash, or is strange", () => {
    for (const name of ["--json", "a b #1 50% ü"]) {
      put(join(workspace, name, "training.csv"), "epoch,loss\n0,1\n");
      const { code, out } = run(["inspect", "--json", "--", name]);
      assert.equal(code, 0);
      assert.equal((JSON.parse(out) as Report).runs.length, 1);
      rmSync(join(workspace, name), { recursive: true });
    }
  });

  it("finds the loss in a script beside the runs, by a relative path", () => {
    const folder = join(workspace, "beside");
    copyOf("digits-generalized-dice", join(folder, "first"), ["training.csv", "labels", "predictions", "checkpoints"]);
    cpSync(join(folder, "first"), join(folder, "second"), { recursive: true });
    cpSync(join(ROOT, "examples", "digits-generalized-dice", "train_loss.py"), join(folder, "src", "losses.py"));
    age(folder);
    const report = json(["beside"]);
    assert.equal(report.runs.length, 2);
    for (const one of report.runs) assert.equal((one["loss"] as { path: string }).path, "../src/losses.py");
    rmSync(folder, { recursive: true });
  });

  it("leaves the folder as it was", () => {
    const before = listing(join(workspace, "runs"));
    run(["inspect", "runs"]);
    assert.deepEqual(listing(join(workspace, "runs")), before);
  });

  it("is quiet when its reader has seen enough", async () => {
    const long = join(workspace, "long");
    for (let i = 0; i < 40; i++) put(join(long, `run_${i}`, "training.csv"), `epoch,${Array.from({ length: 60 }, (_, k) => `loss_${k}`).join(",")}\n0${",1".repeat(60)}\n1${",1".repeat(60)}\n`);
    const child = spawn(process.execPath, [cli, "inspect", long, "--json"], { stdio: ["ignore", "pipe", "pipe"] });
    let err = "";
    child.stderr.on("data", (data: Buffer) => (err += data.toString()));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    assert.deepEqual([code, err], [0, ""]);
    rmSync(long, { recursive: true });
  });

  it("writes large documents whole into a pipe", async () => {
    const folder = join(workspace, "large");
    const tags = Array.from({ length: 3000 }, (_, k) => `train_loss_of_a_very_long_name_${k}`);
    for (const name of ["one", "two"]) put(join(folder, name, "training.csv"), `epoch,${tags.join(",")}\n0${",1".repeat(3000)}\n1${",1".repeat(3000)}\n`);
    const out = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, [cli, "inspect", folder, "--json"], { maxBuffer: 1 << 28 }, (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(new Error(error.message));
      });
    });
    assert.ok(out.length > 1_000_000);
    const report = JSON.parse(out) as Report;
    assert.equal((report.runs[0]!["series"] as unknown[]).length, 3000);
    rmSync(folder, { recursive: true });
  });

  it("says what the engine says", async () => {
    const [one] = json(["runs/volumes-generalized-dice"]).runs;
    const run = await inspectOnce(join(workspace, "runs", "volumes-generalized-dice"));
    assert.deepEqual((one!["findings"] as { message: string }[]).map((f) => f.message), run.findings.map((f) => f.message));
  });
});
