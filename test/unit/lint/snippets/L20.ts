import type { Snippets } from "./snippets";

export const L20: Snippets = {
  bad: [],
  good: [],
};
