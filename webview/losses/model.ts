/** What the page that compares losses says, without a page. */
import type { LossRow, LossTable, Sent } from "../../src/protocol";
import { number, NONE } from "../model/format";

export type Column = "name" | "outlook" | "uniform" | "background" | "perfect" | "gained";

export interface Sort {
  readonly column: Column;
  readonly down: boolean;
}

export const COLUMNS: readonly { readonly column: Column; readonly text: string; readonly title: string }[] = [
  { column: "name", text: "Loss", title: "Name of the loss" },
  { column: "outlook", text: "Outlook", title: "What the numbers come to" },
  { column: "uniform", text: "Fresh", title: "Loss of a fresh network: every class equally likely" },
  { column: "background", text: "Background", title: "Loss of background alone" },
  { column: "perfect", text: "Perfect", title: "Loss of the perfect prediction: it cannot fall below" },
  { column: "gained", text: "Gained", title: "How much of the way from fresh to perfect background alone brings" },
];

/** Worst first. */
const OUTLOOKS: readonly LossRow["outlook"][] = ["not finite", "dead", "trap", "weak", "open", "not analysed"];

export const OUTLOOK_WORDS: Readonly<Record<LossRow["outlook"], string>> = {
  "not finite": "not finite",
  dead: "dead",
  trap: "trap",
  weak: "weak",
  open: "open",
  "not analysed": "–",
};

export const TONES: Readonly<Record<LossRow["outlook"], "error" | "warning" | "healthy" | "unknown">> = {
  "not finite": "error",
  dead: "error",
  trap: "warning",
  weak: "warning",
  open: "healthy",
  "not analysed": "unknown",
};

export const LEGEND = "Dead: no gradient. Trap: background alone is a local minimum, or hard to leave. Weak: background alone brings most of the gain. Open: nothing in the loss holds a network at background. Networks differ: with batch normalisation many get out of a trap.";

/** Share of the way from a fresh network's loss to the perfect one that background alone brings; null where there is no such way. */
export function gained(row: LossRow): number | null {
  const n = row.numbers;
  if (n === null || typeof n.uniform !== "number" || typeof n.background !== "number" || typeof n.perfect !== "number") return null;
  const whole = n.uniform - n.perfect;
  return whole > 0 ? (n.uniform - n.background) / whole : null;
}

/** The run's own loss stays on top; the rest as told. */
export function sorted(rows: readonly LossRow[], sort: Sort | null): LossRow[] {
  const list = [...rows];
  if (sort !== null) {
    const sign = sort.down ? -1 : 1;
    list.sort((a, b) => sign * compared(a, b, sort.column));
  }
  return [...list.filter((r) => r.own), ...list.filter((r) => !r.own)];
}

function compared(a: LossRow, b: LossRow, column: Column): number {
  if (column === "name") return a.name.localeCompare(b.name, "en");
  if (column === "outlook") return OUTLOOKS.indexOf(a.outlook) - OUTLOOKS.indexOf(b.outlook);
  const value = (row: LossRow): number => {
    const v = column === "gained" ? gained(row) : (row.numbers?.[column] ?? null);
    return typeof v === "number" ? v : v === "-∞" ? -Infinity : Infinity; // what is no number comes last
  };
  const [x, y] = [value(a), value(b)];
  return x === y ? 0 : x < y ? -1 : 1;
}

export function shown(value: Sent | null): string {
  if (value === null) return NONE;
  if (typeof value !== "number") return value;
  return Math.abs(value) < 1000 ? value.toFixed(3).replace(/^-(0\.000)$/, "$1") : number(value);
}

export function gainedText(row: LossRow): string {
  const share = gained(row);
  if (share === null) return NONE;
  return share <= 0 ? "0 %" : `${(100 * share).toFixed(0)} %`;
}

/** A loss without the words that its mark says. */
export function plainName(name: string): string {
  return name.replace(/, this run's loss$/, "");
}

/** The heading: what the run's own loss does here, else what the page is. */
export function heading(table: LossTable): string {
  const own = table.rows.find((r) => r.own);
  if (own === undefined) return "What each loss would do to these labels";
  const loss = plainName(own.name);
  switch (own.outlook) {
    case "not finite":
      return `${loss}: this run's loss is no finite number on these labels`;
    case "dead":
      return `${loss}: this run's loss has no gradient on these labels`;
    case "trap":
      return `${loss}: on these labels this run's loss is hard to get out of background`;
    case "weak":
      return `${loss}: on these labels this run's loss gains most by background alone`;
    case "open":
      return `${loss}: on these labels nothing in this run's loss holds the network at background`;
    case "not analysed":
      return `${loss}: counts of voxels do not tell what this run's loss does`;
  }
}

/** A number and its percent sign stay on one line. */
export function unbroken(sentence: string): string {
  return sentence.replace(/(\d) %/g, "$1\u00a0%");
}

export function facts(table: LossTable): string[] {
  const batch = `batches of ${table.batchSize} ${table.batchBy === null ? "(assumed: no file tells)" : `(${table.batchBy})`}`;
  return [table.title, table.over, `${table.classes} classes`, batch];
}

/** Numbers of a row by class: weight, gradients, and the loss when the class alone is missed. */
export function classRows(table: LossTable, row: LossRow): string[][] {
  const n = row.numbers;
  if (n === null) return [];
  return Array.from({ length: table.classes }, (_, c) => {
    const name = `${c} ${table.names[c] ?? ""}`.trim() + (c === table.background ? (table.names[c] === "background" ? "" : " (background)") : "");
    return [name, ...(n.weights === null ? [] : [n.weights.mean[c] === null ? "∞" : number(n.weights.mean[c] as number)]), gradient(n.fresh[c]!), gradient(n.collapsed[c]!), shown(n.missing[c] ?? null)];
  });
}

function gradient(value: Sent): string {
  return typeof value === "number" ? number(Number(value.toPrecision(3))) : value;
}

/** Further numbers of a row, by what they are. */
export function furtherNumbers(row: LossRow): [string, string][] {
  const n = row.numbers;
  if (n === null) return [];
  const out: [string, string][] = [
    ["Right mask, wrong class", shown(n.wrongClass)],
    ["This run's last prediction", shown(n.own)],
    ["Rise from background to perfect", shown(n.barrier)],
    ["Rise from background to the mask alone", shown(n.maskBarrier)],
    ["Gradient on objects, background at 0.99", `${gradient(n.towardsTruth)} on their class, ${gradient(n.onBackground)} on background`],
    ["Images twice as large", typeof n.scaleShift === "number" && Math.abs(n.scaleShift) < 1e-9 ? "the same" : `${typeof n.scaleShift === "number" && n.scaleShift > 0 ? "+" : ""}${shown(n.scaleShift)} at background alone`],
    ["float32", n.float32.length === 0 ? "in range" : n.float32.join("; ")],
    ["float16", n.float16.length === 0 ? "in range" : n.float16.join("; ")],
  ];
  if (n.weights !== null) out.push(["Largest by smallest weight", shown(n.weights.ratio)], ["Denominator held by absent classes", typeof n.weights.absentShare === "number" ? `${Number((100 * n.weights.absentShare).toPrecision(n.weights.absentShare > 0.99 ? 10 : 3))} %` : n.weights.absentShare]);
  return out.filter(([, text]) => text !== NONE);
}
