/** Text as protocol 0 writes it. */

/** The text of a Python string literal, its escapes resolved. */
export function unquoted(line: string): string {
  const text = line.trim();
  const quote = text[0];
  const inner = (quote === "'" || quote === '"') && text.endsWith(quote) && text.length > 1 ? text.slice(1, -1) : text;
  return inner.replace(/\\(?:x([\da-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g, (_, hex?: string, octal?: string, other?: string) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 255);
    return ESCAPES[other!] ?? other!;
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", a: "\x07" };

/** "raw-unicode-escape": only \uXXXX and \UXXXXXXXX are resolved. */
export function unescaped(line: string): string {
  return line.replace(/\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})/g, (whole, short?: string, long?: string) => {
    const code = parseInt(short ?? long ?? "", 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** A floating number; NaN for what is none. */
export function floatOf(text: string): number {
  const plain = text.trim().toLowerCase();
  if (/^[-+]?inf(inity)?$/.test(plain)) return plain.startsWith("-") ? -Infinity : Infinity;
  return /^[-+]?[\d.][\d.e+-]*$/.test(plain) ? Number(plain) : NaN;
}

/** A place in the memo, in digits; -1 for anything else. */
export function placeIn(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}
