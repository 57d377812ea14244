/** Cells of a delimited text line, and what they say. */

export type Separator = "," | ";" | "\t" | "|" | " ";

const SPACES = /[ \t]+/;

/**
 * Cells of one line, trimmed and without their quotes. Quotes do not span lines: a stray one costs its own line alone.
 * With " " any run of blanks separates; with "|" the outer bars of a drawn table are left out.
 */
export function splitCells(line: string, separator: Separator): string[] {
  let text = line;
  if (separator === " ") {
    text = line.trim();
    if (!text.includes('"')) return text.split(SPACES);
  }
  if (separator === "|" && /^\s*\|.*\|\s*$/.test(text)) text = text.trim().slice(1, -1);
  const cells = text.includes('"') ? splitQuoted(text, separator) : text.split(separator);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    const first = cell.charCodeAt(0);
    const last = cell.charCodeAt(cell.length - 1);
    if (first <= 32 || last <= 32 || first === 160 || last === 160) cells[i] = cell.trim();
  }
  return cells;
}

function splitQuoted(text: string, separator: Separator): string[] {
  const cells: string[] = [];
  let cell = "";
  let blank = true; // nothing but spaces in `cell` so far
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') {
        cell += c;
        i++;
      } else quoted = false;
    } else if (c === '"' && blank) {
      cell = "";
      blank = false;
      quoted = true;
    } else if (c === separator || (separator === " " && c === "\t")) {
      if (separator !== " " || cell !== "") cells.push(cell);
      cell = "";
      blank = true;
    } else {
      cell += c;
      if (blank && c.trim() !== "") blank = false;
    }
  }
  if (separator !== " " || cell !== "") cells.push(cell);
  return cells;
}

const NUMBER_WORDS: Readonly<Record<string, number>> = {
  nan: NaN, "+nan": NaN, "-nan": NaN, "-nan(ind)": NaN, "nan(ind)": NaN, "1.#qnan": NaN, "-1.#ind": NaN, "1.#ind": NaN,
  inf: Infinity, "+inf": Infinity, infinity: Infinity, "+infinity": Infinity, "1.#inf": Infinity,
  "-inf": -Infinity, "-infinity": -Infinity, "-1.#inf": -Infinity,
};

/** A number as Python, C or a spreadsheet writes it (also as `tensor(0.5)`, and 12 for "12 %"); undefined for anything else, "NA" and "" included. */
export function cellNumber(cell: string, decimalComma = false): number | undefined {
  if (cell === "") return undefined;
  const value = Number(cell);
  if (!Number.isNaN(value)) {
    // Number() also takes 0x10, 0b1, 0o7.
    return cell.charCodeAt(0) === 48 && cell.charCodeAt(1) > 64 && cell.charCodeAt(1) !== 69 && cell.charCodeAt(1) !== 101 ? undefined : value;
  }
  if (cell.length > 64) return undefined;
  const word = NUMBER_WORDS[cell.toLowerCase()];
  if (word !== undefined) return word;
  if (decimalComma && /^[+-]?\d+,\d+(e[+-]?\d+)?$/i.test(cell)) return Number(cell.replace(",", "."));
  if (cell.endsWith("%")) return /^[+-]?\d/.test(cell) ? cellNumber(cell.slice(0, -1).trimEnd(), decimalComma) : undefined;
  const wrapped = /^(?:tf\.)?(?:tensor|array|np\.float\d+|float\d+|numpy)\(\s*([^\s,()]+)\s*[,)]/i.exec(cell);
  return wrapped === null ? undefined : cellNumber(wrapped[1]!);
}

/** Elements of "[a, b]", "(a b)"; null when the cell is no list. Elements that are no numbers are undefined. */
export function cellList(cell: string): (number | undefined)[] | null {
  const text = cell.startsWith('"') && cell.endsWith('"') && cell.length > 1 ? cell.slice(1, -1).trim() : cell;
  const list = /^(?:np\.array|array|tensor)?\(?\s*[[(](.*?)[\])]/i.exec(text);
  if (list === null) return null;
  const inner = list[1]!.trim();
  if (inner === "") return [];
  return inner.split(inner.includes(",") ? "," : SPACES).map((element) => cellNumber(element.trim()));
}
