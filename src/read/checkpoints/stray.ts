/** Files that carry a format's name and are something else, as downloads and clones leave them. */

/** What it is instead, from its first bytes; null when nothing speaks against the name. */
export function strayContent(head: Uint8Array): string | null {
  const text = new TextDecoder("latin1").decode(head.subarray(0, 512)).trimStart();
  if (text.startsWith("version https://git-lfs")) return "a pointer of Git LFS, not the file itself";
  return /^<(!doctype html|html)/i.test(text) ? "a web page, not the file itself" : null;
}
