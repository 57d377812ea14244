import type { Snippets } from "./snippets";

export const L33: Snippets = {
  bad: [],
  good: [],
};
