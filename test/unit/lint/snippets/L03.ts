import type { Snippets } from "./snippets";

export const L03: Snippets = {
  bad: [],
  good: [],
};
