/** Column names out of a CREATE TABLE statement, as SQLite keeps it. */

export interface SqliteColumn {
  readonly name: string;
  /** INTEGER PRIMARY KEY: another name of the rowid; the record holds null. */
  readonly rowid: boolean;
}

/** A token: a word, a quoted name, a literal, or one character. */
const TOKEN = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*'|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[^\s]/g;
const CONSTRAINT = /^(?:constraint|primary|unique|check|foreign)$/i;

/** Stored columns in order; virtual generated ones are not stored. */
export function columnsOf(sql: string): { columns: SqliteColumn[]; withoutRowid: boolean } {
  const tokens = (sql.match(TOKEN) ?? []).filter((token) => !token.startsWith("--") && !token.startsWith("/*"));
  const parts: string[][] = [];
  let depth = 0;
  let i = tokens.indexOf("(");
  if (i < 0) return { columns: [], withoutRowid: false };
  for (let part: string[] = []; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token === "(" && depth++ === 0) continue;
    if (token === ")") depth--;
    if (depth === 0 || (depth === 1 && token === ",")) {
      if (part.length > 0) parts.push(part);
      part = [];
      if (depth === 0) break;
    } else part.push(token);
  }
  const withoutRowid = /\bwithout rowid\b/i.test(tokens.slice(i + 1).join(" "));
  const keyed = parts.flatMap((part) => keyOf(part));
  const columns = parts.flatMap((part): SqliteColumn[] => {
    if (CONSTRAINT.test(part[0]!)) return [];
    const words = part.slice(1).map((token) => token.toLowerCase());
    if (words.includes("as") && !words.includes("stored")) return [];
    const name = unquoted(part[0]!);
    const own = words.some((word, k) => word === "primary" && words[k + 1] === "key" && words[k + 2] !== "desc");
    return [{ name, rowid: words[0] === "integer" && words[1] !== "(" && (own || keyed.includes(name.toLowerCase())) }];
  });
  return { columns, withoutRowid };
}

/** The column of a table's PRIMARY KEY constraint, where it is one. */
function keyOf(part: readonly string[]): string[] {
  const at = part.findIndex((token, i) => token.toLowerCase() === "primary" && part[i + 1]?.toLowerCase() === "key" && part[i + 2] === "(");
  return at >= 0 && CONSTRAINT.test(part[0]!) && part[at + 4] === ")" ? [unquoted(part[at + 3]!).toLowerCase()] : [];
}

function unquoted(token: string): string {
  const quote = token[0]!;
  if (quote === "[") return token.slice(1, -1);
  return `"\`'`.includes(quote) ? token.slice(1, -1).replaceAll(quote + quote, quote) : token;
}
