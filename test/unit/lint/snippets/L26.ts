import type { Snippets } from "./snippets";

export const L26: Snippets = {
  bad: [],
  good: [],
};
