import type { Snippets } from "./snippets";

export const L32: Snippets = {
  bad: [],
  good: [],
};
