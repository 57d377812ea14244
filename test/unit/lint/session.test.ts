import assert from "node:assert/strict";
import { parser } from "@lezer/python";
import { lintPython } from "../../../src/lint/check";
import { chunksOf, chunkStarts, treeOf } from "../../../src/lint/chunks";
import { applied, type Change } from "../../../src/lint/edits";
import { moduleResolver } from "../../../src/lint/modules";
import { joinCells } from "../../../src/lint/notebook";
import { LintSession, type CheckedCell } from "../../../src/lint/session";
import { lintFile } from "../../../src/lint/show/placed";
import { SNIPPETS } from "./snippets/all";
import { BAD } from "./snippets/bad";
import { GOOD } from "./snippets/good";

const CODE = [...BAD.map(([, , code]) => code), ...GOOD.map(([, code]) => code), ...SNIPPETS.flatMap(([, { bad, good }]) => [...bad, ...good].map(({ code }) => code))];

/** Numbers in [0, 1) from a seed (mulberry32). */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const TYPED = ["a", "1", ".", "1.", "(", ")", "[", "]", ":", ",", " ", "    ", "\n", "\r\n", '"', "'", '"""', "'''", "#", "\\", "@", "=", "*", "def ", "\ndef f(y_true, y_pred):\n    ", "class ", "return ", "𝑤", "é", "\uFEFF", "y_true", "K.sum(", "if x:\n", "\u2028", "\0"];

/** A few changes of one moment, as an editor with several cursors makes them. */
function changes(next: () => number, text: string): Change[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const out: Change[] = [];
  let at = 0;
  for (let n = next() < 0.8 ? 1 : 3; n > 0; n--) {
    const from = at + Math.floor(next() * (text.length - at + 1));
    const kind = next();
    const to = Math.min(text.length, from + (kind < 0.5 ? 0 : kind < 0.9 ? 1 + Math.floor(next() * 3) : Math.floor(next() * 200)));
    const paste = next();
    out.push({ from, to, text: paste < 0.1 ? pick(CODE).slice(0, 400) : paste < 0.3 ? "" : pick(TYPED) });
    at = to + 1;
    if (at > text.length) break;
  }
  return next() < 0.5 ? out : out.reverse();
}

function start(next: () => number): string {
  const text = Array.from({ length: 4 }, () => CODE[Math.floor(next() * CODE.length)]!).join("\n\n");
  const kind = next();
  return kind < 0.25 ? text.replaceAll("\n", "\r\n") : kind < 0.4 ? `\uFEFF${text}` : text;
}

const none = { read: (): string | null => null, folders: (): string[] => [] };

describe("session: edits", () => {
  it("gives after any edits what linting the whole text gives", () => {
    for (let seed = 1; seed <= 25; seed++) {
      const next = random(seed);
      let text = start(next);
      const session = new LintSession(none);
      session.open("/a.py", text);
      for (let i = 0; i < 16; i++) {
        const set = changes(next, text);
        text = applied(text, set);
        session.edit("/a.py", set);
        const { findings, losses } = session.check("/a.py");
        assert.deepEqual(findings, lintPython("/a.py", text), `seed ${seed}, edit ${i}`);
        for (const { range, name } of losses) assert.equal(text.slice(range.from, range.to), name);
      }
    }
  });

  it("applies a set of changes in whatever order it is listed", () => {
    const set: Change[] = [{ from: 0, to: 1, text: "XY" }, { from: 2, to: 2, text: "-" }, { from: 4, to: 6, text: "" }];
    for (const order of [set, [...set].reverse(), [set[1]!, set[2]!, set[0]!]]) assert.equal(applied("abcdefg", order), "XYb-cdg");
    assert.equal(applied("ab", [{ from: 5, to: 9, text: "c" }]), "abc");
  });

  it("keeps a tree that equals that of the text alone", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const next = random(seed);
      let text = start(next);
      for (let i = 0; i < 10; i++) {
        text = applied(text, changes(next, text));
        const starts = chunkStarts(text);
        assert.equal(starts[0], 0);
        const apart = starts.flatMap((from, n) => nodes(parser.parse(text.slice(from, starts[n + 1] ?? text.length)), from).slice(1));
        assert.deepEqual(nodes(treeOf(chunksOf(text)), 0).slice(1), apart);
      }
    }
  });

  it("parses sound code by definitions as it does whole", () => {
    for (const code of CODE) {
      const whole = nodes(parser.parse(code), 0);
      if (!whole.some((node) => node.startsWith("⚠"))) assert.deepEqual(nodes(treeOf(chunksOf(code)), 0), whole, code);
    }
  });
});

function nodes(tree: ReturnType<typeof parser.parse>, offset: number): string[] {
  const out: string[] = [];
  tree.iterate({ enter: ({ name, from, to }) => void out.push(`${name} ${from + offset} ${to + offset}`) });
  return out;
}

const LOSS = `import keras.backend as K

def dice_loss(y_true, y_pred):
    w = 1 / (K.sum(y_true, axis=[0, 1, 2]) ** 2 + 0.00001)
    return 1 - 2 * K.sum(w * K.sum(y_true * y_pred, axis=[0, 1, 2])) / K.sum(w * K.sum(y_true + y_pred, axis=[0, 1, 2]))
`;

describe("session: broken code elsewhere", () => {
  const rules = (text: string): string[] => lintPython("/a.py", text).filter(({ range }) => text.slice(0, range.from).includes("def dice_loss")).map((f) => f.rule);
  const alone = rules(LOSS);
  it("silences nothing and invents nothing", () => {
    assert.ok(alone.includes("L2"));
    for (const broken of ["x = (1 +", "def f(", "def f(a, b:\n    return [a", 'def f():\n    """half', "class A(", "x = {'a': [", "@decorated", "if a:\n  b = ", "def f():\n    return 'it", "f = lambda x:"]) {
      assert.deepEqual(rules(`${broken}\n\n${LOSS}`), alone, broken);
      assert.deepEqual(rules(`${LOSS}\n\n${broken}`), alone, broken);
    }
  });
  it("is not misled by docstrings that lost their end", () => {
    const documented = (name: string, end = '"""'): string => `def ${name}(x):\n    """What it does.\n\n    More of it.${end}\n    return x\n\n\n`;
    const text = documented("a") + documented("b", '""') + documented("c") + documented("d", "") + documented("e") + LOSS;
    assert.deepEqual(chunkStarts(text).slice(1), ["b(", "c(", "d(", "e(", "dice"].map((name) => text.indexOf(`def ${name}`)));
    assert.deepEqual(rules(text), alone);
  });
  it("takes a definition in a string for a part of it", () => {
    const text = `"""\ndef loss(y_true, y_pred):\n    return 1\n"""\nx = '''\nclass A:\n'''\n# '''\ndef f(): pass\n`;
    assert.deepEqual(chunkStarts(text), [0, text.indexOf("def f")]);
    assert.deepEqual(chunkStarts("@a\n@b\ndef f(): pass\nasync def g(): pass\nclasses = 1\n"), [0, 20]);
    assert.deepEqual(chunkStarts('x = "\\\ndef f(): pass"\n'), [0]);
  });
});

describe("session: imported modules", () => {
  const user = "from losses import dice_loss\nmodel.compile(loss=dice_loss)\n\ndef total_loss(y_true, y_pred):\n    return dice_loss(y_true, y_pred)\n";
  it("reads open documents first, and says who is to be checked again", () => {
    const disk = new Map([["/p/losses.py", "dice_loss = 1\n"]]);
    const session = new LintSession({ read: (path) => disk.get(path) ?? null, folders: () => ["/p"] });
    session.open("/p/sub/train.py", user);
    const shown = (): unknown => session.check("/p/sub/train.py");
    const before = shown();
    assert.deepEqual(session.dependents("/p/losses.py"), ["/p/sub/train.py"]);
    assert.deepEqual(session.dependents("/p/other.py"), []);
    session.open("/p/losses.py", LOSS);
    const resolver = (module: string): { path: string; text: string } | null => (module === "losses" ? { path: "/p/losses.py", text: LOSS } : null);
    assert.deepEqual((shown() as { findings: unknown }).findings, lintPython("/p/sub/train.py", user, { resolver }));
    session.close("/p/losses.py");
    assert.deepEqual(shown(), before);
    disk.set("/p/sub/losses.py", LOSS); // nearer
    assert.deepEqual(session.dependents("/p/sub/losses.py"), ["/p/sub/train.py"]);
    shown();
    assert.deepEqual(session.dependents("/p/losses.py"), []);
  });
});

describe("session: imports followed before", () => {
  const disk = new Map([
    ["/p/settings.py", "class Settings:\n    def __init__(self):\n        self.axes = (0, 1, 2)\n\nsettings = Settings()\n"],
    ["/p/losses.py", `from settings import settings\n${LOSS.replace("axis=[0, 1, 2]) **", "axis=settings.axes) **")}`],
    ["/p/circular.py", "from train import total_loss\ntotal = total_loss\n"],
  ]);
  const read = (path: string): string | null => disk.get(path) ?? null;
  it("are as if they were followed anew, whatever is edited", () => {
    const body = `model.compile(loss=dice_loss)\n\ndef total_loss(y_true, y_pred):\n    return dice_loss(y_true, y_pred)\n\n${LOSS.slice(LOSS.indexOf("def")).replace("dice_loss", "own_loss").replace("axis=[0, 1, 2]) **", "axis=settings.axes) **")}`;
    const heads = ["from settings import settings\nfrom losses import dice_loss\n", "from losses import dice_loss\nfrom settings import settings\n", "from settings import settings\nsettings.axes = (1, 2)\nfrom losses import dice_loss\n", "from circular import total\nfrom settings import settings\nfrom losses import dice_loss\n", "from losses import dice_loss, missing\n"];
    const session = new LintSession({ read, folders: () => ["/p"] });
    session.open("/p/train.py", "");
    let before = "";
    const seen = new Set<string>();
    for (const head of [...heads, ...heads, heads[0]!, heads[2]!, heads[0]!]) {
      for (const text of [`import keras.backend as K\n${head}${body}`, `import keras.backend as K\n${head}\n${body}`]) {
        session.edit("/p/train.py", [{ from: 0, to: before.length, text }]);
        before = text;
        const { findings } = session.check("/p/train.py");
        seen.add(JSON.stringify(findings.map((f) => f.rule)));
        assert.deepEqual(findings, lintPython("/p/train.py", text, { resolver: moduleResolver("/p", read) }), head);
      }
    }
    assert.ok(seen.size > 1, "what is imported matters");
  });
});

describe("session: notebooks", () => {
  it("gives by cell what linting the joined cells gives, after any edits", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const next = random(seed * 77);
      const cells = Array.from({ length: 3 }, (_, i) => ({ key: `cell${i}`, text: i === 1 ? `%matplotlib inline\n${start(next)}` : start(next) }));
      const session = new LintSession(none);
      session.openNotebook("/n.ipynb", cells.map((cell) => ({ ...cell })));
      for (let i = 0; i < 10; i++) {
        const cell = cells[Math.floor(next() * cells.length)]!;
        const set = changes(next, cell.text);
        cell.text = applied(cell.text, set);
        session.editCell("/n.ipynb", cell.key, set);
        const checked = session.checkNotebook("/n.ipynb");
        assert.deepEqual(checked.map((c) => c.key), cells.map((c) => c.key));
        const joined = joinCells(cells.map(({ text }, n) => ({ number: n + 1, text })));
        const whole = lintPython("/n.ipynb", joined.text).map((f) => `${f.rule} ${f.range.from} ${f.message} ${f.related.length}`);
        assert.deepEqual(checked.flatMap((c, n) => c.findings.map((f) => `${f.rule} ${f.range.from + joined.cells[n]!.from} ${f.message} ${f.related.length}`)), whole);
        for (const [n, c] of checked.entries()) for (const { range } of [...c.findings, ...c.losses]) assert.ok(range.from >= 0 && range.from <= range.to && range.to <= cells[n]!.text.length);
      }
    }
  });

  it("follows names from cell to cell, and points into them", () => {
    const session = new LintSession(none);
    const [imports, fn] = [LOSS.slice(0, LOSS.indexOf("def")), LOSS.slice(LOSS.indexOf("def"))];
    session.openNotebook("/n.ipynb", [{ key: "a", text: imports }, { key: "b", text: `%%time\n${fn}` }]);
    const [first, second] = session.checkNotebook("/n.ipynb") as [CheckedCell, CheckedCell];
    assert.deepEqual(first.findings, []);
    const [found] = second.findings.filter((f) => f.rule === "L2");
    assert.ok(found !== undefined && `%%time\n${fn}`.slice(found.range.from, found.range.to).startsWith("1 / (K.sum"));
    for (const { range } of found.related) assert.ok(range.to <= fn.length + 7);
    assert.equal(second.losses[0]!.name, "dice_loss");
    assert.equal(`%%time\n${fn}`.slice(second.losses[0]!.range.from, second.losses[0]!.range.to), "dice_loss");
    const json = JSON.stringify({ cells: [imports, `%%time\n${fn}`].map((source) => ({ cell_type: "code", source })) });
    assert.deepEqual(lintFile("/n.ipynb", json)?.map((f) => [f.cell, f.rule]), second.findings.map((f) => [2, f.rule]));
  });

  it("opens anew when cells come or go", () => {
    const session = new LintSession(none);
    session.openNotebook("/n.ipynb", [{ key: "a", text: LOSS }]);
    session.openNotebook("/n.ipynb", [{ key: "b", text: "x = 1" }, { key: "a", text: LOSS }]);
    assert.deepEqual(session.checkNotebook("/n.ipynb").map((c) => [c.key, c.findings.some((f) => f.rule === "L2")]), [["b", false], ["a", true]]);
  });
});
