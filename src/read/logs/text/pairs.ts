/** Names and their numbers in one message. */
import { cleanName, isMeasure, isSkipped, leadingPhase, phaseOf, saysPhase } from "./names";

export interface Pair {
  readonly name: string;
  readonly value: number;
  /** The name measures something by its words, or else is only followed by ":" or "=". */
  readonly measure: boolean;
}

/** More elements are no list of classes. */
const MOST_CLASSES = 256;
const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf(?:inity)?)(?![\w])`;
const ELEMENT = String.raw`(?:${NUMBER}|None)`;
/** A bracketed list of numbers, or a number that stands apart from words. */
const TOKEN = new RegExp(String.raw`[\[(]\s*${ELEMENT}(?:\s*,\s*|\s+)(?:${ELEMENT}(?:\s*,\s*|\s+|(?=\s*[\])])))+[\])]|\[\s*${ELEMENT}\s*,?\s*\]|(?<![\w.@/\\])(?:${NUMBER})(?![A-Za-z_]*[_@\\/][A-Za-z])`, "gi");
const UNIT = /^\s?(?:%|(?:s|secs?|seconds?|ms|us|mins?|minutes?|hours?|hrs?|h|m|it\/s|s\/it|s\/step|ms\/step|us\/step|img\/s|images\/s|samples\/s|sec\/step|[KMGT]i?B?|k|bytes|px|params|Hz)(?![\w/]))/;
/** Letters that follow a number at once, other than a unit of length, make it another word. */
const GLUED = /^[A-Za-z_]/;
/** Wrappers that Python prints around numbers. */
const WRAPPED: readonly [RegExp, string][] = [
  [/\b(?:np\.|numpy\.)?float(?:16|32|64)?\(([^()]*)\)/g, "$1"],
  [/\b(?:np\.)?u?int(?:8|16|32|64)\(([^()]*)\)/g, "$1"],
  [/<tf\.Tensor:[^<>]*numpy=([^<>]*)>/g, "$1"],
  [/\b(?:tf\.)?[tT]ensor\(\s*([^()[\]]*?)\s*(?:,\s*(?:device|dtype|grad_fn|requires_grad|shape)\b[^()]*(?:\([^()]*\))?[^()]*)?\)/g, "$1"],
  [/\b(?:meta)?(?:tensor|array)\(\s*(\[[^[\]()]*\])[^()]*(?:\([^()]*\))?[^()]*\)/gi, "$1"],
];
/** What is no measured number: times, dates, paths, versions, shapes, addresses. */
const NOISE: readonly (readonly [needs: string, RegExp])[] = [
  [":", /(?<![\w.])\d+:\d\d(?::\d\d)?(?:\.\d+)?(?!\w)/g],
  ["-", /(?<!\d)\d{4}-\d\d?-\d\d?(?!\d)/g],
  ["/", /(?<!\d)\d{4}\/\d\d?\/\d\d?(?!\d)/g],
  ["/", /(?:^|(?<=[\s'"(=:,]))(?:[~.]{0,2}\/|https?:\/\/)[^\s,;'")]+/g],
  ["\\", /(?:^|(?<=[\s'"(=:,]))[A-Za-z]:\\[^\s,;'")]+/g],
  [".", /(?<![^\s=:,;'"(])[^\s=:,;'"(]+\.(?:pth?|pt|ckpt|h5|hdf5|keras|py|txt|log|png|jpe?g|tiff?|nii(?:\.gz)?|npy|npz|json|ya?ml|csv|pkl|tar|zip|onnx|safetensors|pickle|mat)\b/gi],
  [".", /\bv?\d+\.\d+\.\d+[\w.+-]*/g],
  ["x", /(?<![\w.])\d+(?:\s?x\s?\d+)+(?!\w)/g],
  ["×", /(?<![\w.])\d+(?:\s?×\s?\d+)+(?!\w)/g],
  [",", /(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,])/g],
  ["0x", /0x[0-9a-f]+/gi],
  ["<", /<[^<>]*>/g],
];
/** The name before a number stands in so many characters. */
const LONGEST_GAP = 240;

/** The line in which every number has become "#": lines of one kind have it in common. */
export function skeleton(message: string): string {
  return unwrap(message)
    .replace(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?\b(?:nan|inf)\b/gi, "#")
    .replace(/(?:#[,\s]*){3,}/g, "#… ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 200);
}

export function unwrap(message: string): string {
  let text = message;
  if (!text.includes("(") && !text.includes("<")) return text;
  for (const [pattern, inner] of WRAPPED) text = text.replace(pattern, inner);
  return text;
}

/**
 * Names and numbers of a message whose counters have become "§". `phase`: the one in force, for names that do not say theirs.
 * A number in brackets behind another ("0.51 (0.63)", the mean behind the value) has no name and is left out.
 */
export function pairsOf(message: string, phase: string | null): Pair[] {
  let text = unwrap(message);
  for (const [needs, noise] of NOISE) if (text.includes(needs)) text = text.replace(noise, "¤");
  const out: Pair[] = [];
  const seen = new Set<string>();
  let linePhase = phase;
  let namePhase: string | null = null;
  let group: string | null = null;
  let carried = "";
  let from = 0;
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found !== null; found = TOKEN.exec(text)) {
    const token = found[0];
    const end = found.index + token.length;
    const gap = (carried + text.slice(from, found.index)).slice(-LONGEST_GAP);
    const after = text.slice(end, end + 24);
    carried = "";
    from = end;
    const isList = token.startsWith("[") || token.startsWith("(");
    const named = nameIn(gap);
    if (gap.includes("|") || gap.includes(";")) namePhase = null;
    for (const segment of named.before) {
      const said = phaseOf(segment);
      if (said !== null) {
        linePhase = said;
        namePhase = null;
      }
    }
    if (gap.includes("}")) group = null;
    if (named.group !== null) group = named.group;
    // "Dice class 1: 0.9", "Dice 2 = 0.8": a small number before the link belongs to the name.
    if (!isList && /^\d{1,3}$/.test(token) && named.name !== "" && (/^\s*['"\])]?\s*(?::(?!\d\d)|=)\s*['"[(]?\s*(?:[-+.\d]|nan|inf)/i.test(after) || (!named.strong && /(?:^|[^a-z])(?:class|cls|label|organ|channel|region|class_id)$/i.test(named.name)))) {
      carried = `${gap}${token}`;
      continue;
    }
    if (named.name === "") continue;
    let name = named.name;
    const own = leadingPhase(name);
    if (own !== null) namePhase = own;
    else if (!saysPhase(name)) {
      const before = namePhase ?? linePhase;
      if (before !== null) name = `${before} ${name}`;
    }
    const measure = isMeasure(name) || (group !== null && isMeasure(group));
    if (!believable(named, name, token, measure, isList)) continue;
    const unit = UNIT.exec(after)?.[0].trim() ?? "";
    if (!isList && ((unit !== "" && unit !== "%") || (GLUED.test(after) && !/^(?:mm|cm)\b/.test(after)))) continue;
    if (!isList && /^\s*\/\s*\d/.test(after)) continue; // "9844/10000"
    if (isSkipped(name)) continue;
    if (group !== null) name = `${group}/${name}`;
    if (seen.has(name)) continue;
    seen.add(name);
    if (!isList) out.push({ name, value: numberOf(token), measure });
    else if (measure) {
      const elements = token.slice(1, -1).split(/[\s,]+/).filter((element) => element !== "");
      if (elements.length > MOST_CLASSES) continue;
      elements.forEach((element, i) => {
        if (element !== "None") out.push({ name: `${name}/${i}`, value: numberOf(element), measure });
      });
    }
  }
  return out;
}

interface Named {
  readonly name: string;
  /** ":" or "=" stands between name and number. */
  readonly strong: boolean;
  /** Parts of the gap before the name: they may name the phase. */
  readonly before: readonly string[];
  /** Name of a dict that opens in the gap. */
  readonly group: string | null;
}

/** The name that the text between one number and the next ends with. */
function nameIn(gap: string): Named {
  const link = /\s*(?:(:|=>?|->|→|≈)|\s[-–]\s|\b(?:is|of|was)\b|)\s*['"]?\s*(?:\|\s*)?$/.exec(gap);
  const strong = link?.[1] !== undefined;
  const text = gap.slice(0, link?.index ?? gap.length);
  const opened = /([A-Za-z][\w ./-]*)['"]?\s*[:=]\s*\{[^{}]*$/.exec(text);
  const bracketed = /([A-Za-z][\w./@-]*(?: [A-Za-z][\w./@-]*)?\s?(?:\([A-Za-z][\w ./@-]*\)|\[[\w ./-]*\]))['"]?$/.exec(text);
  const parts = text.split(/[|,;\t§¤{}[\]()\n]|\s[-–—]+\s|\s{3,}|--+|>>+|==+|\.\s|:\s|:$|=\s?>|!\s/);
  const last = bracketed === null ? cleanName(parts[parts.length - 1]!) : cleanName(bracketed[1]!);
  const group = opened === null ? null : cleanName(opened[1]!);
  return { name: last, strong, before: parts.slice(0, -1), group: group === "" ? null : group };
}

function believable(named: Named, name: string, token: string, measure: boolean, isList: boolean): boolean {
  if (!/[A-Za-z]/.test(name)) return false;
  if (/^[-+]?(?:nan|inf)/i.test(token)) return named.strong || measure;
  if (measure) return named.strong || !/\s(?:on|in|at|to|from|for|than|over)$/i.test(name);
  if (named.strong) return !isList;
  // "train 0.51 | val 0.48": a phase alone stands for its loss.
  return !isList && phaseOf(name) !== null && /[.eE]/.test(token);
}

/** A number as Python prints it. */
export function numberOf(token: string): number {
  const text = token.toLowerCase();
  if (text.includes("nan")) return NaN;
  if (text.includes("inf")) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(token);
}
