/** Answers that are asked for again and again: names of folders and cases stand in the paths of many thousands of files. */

/** Remembers what `of` gave for each text, up to `most` of them; then it begins anew, so that memory stays flat. */
export function remembered<T>(of: (text: string) => T, most = 20_000): (text: string) => T {
  let known = new Map<string, T>();
  return (text) => {
    const answer = known.get(text);
    if (answer !== undefined || known.has(text)) return answer as T;
    const fresh = of(text);
    if (known.size >= most) known = new Map();
    known.set(text, fresh);
    return fresh;
  };
}
