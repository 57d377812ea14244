/** Plain values as YAML 1.1, Python and MLflow write them in text. */
import type { ConfigValue } from "../format";

/** Characters of a text that is kept. */
const LONGEST_TEXT = 4096;

/** A number, truth value or nothing where the text is one, else the text. YAML 1.1's sexagesimals and octals stay text. */
export function scalarOf(text: string): string | number | boolean | null {
  const number = numberOf(text);
  if (number !== null) return number;
  switch (text) {
    case "":
    case "~":
    case "null":
    case "Null":
    case "NULL":
    case "None":
      return null;
    case "true":
    case "True":
    case "TRUE":
      return true;
    case "false":
    case "False":
    case "FALSE":
      return false;
    default:
      return text.slice(0, LONGEST_TEXT);
  }
}

/** A decimal number, also with an exponent, "nan" or "inf" with or without YAML's dot; null for anything else. */
export function numberOf(text: string): number | null {
  if (/^[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) {
    if (/^[-+]?0\d/.test(text)) return null; // a code, not a count
    return Number(text.replaceAll("_", ""));
  }
  const word = /^([-+]?)\.?(nan|inf(?:inity)?)$/i.exec(text);
  if (word === null || (word[2]!.length > 3 && text.startsWith("."))) return null;
  return word[2]!.toLowerCase() === "nan" ? NaN : word[1] === "-" ? -Infinity : Infinity;
}

/** A setting as MLflow keeps it: `str()` of a Python value. Lists of plain values become lists. */
export function settingOf(text: string): ConfigValue {
  const trimmed = text.trim();
  if (/^[[(].*[\])]$/s.test(trimmed) && trimmed.length <= LONGEST_TEXT && !/[[\](){}]/.test(trimmed.slice(1, -1))) {
    const inner = trimmed.slice(1, -1).trim().replace(/,$/, "");
    return inner === "" ? [] : inner.split(",").map((item) => scalarOf(unquoted(item.trim())));
  }
  return scalarOf(trimmed);
}

/** Without the quotes around it. */
export function unquoted(text: string): string {
  return /^(?:"[^"]*"|'[^']*')$/s.test(text) ? text.slice(1, -1) : text;
}
