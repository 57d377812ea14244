import type { Snippets } from "./snippets";

export const L12: Snippets = {
  bad: [],
  good: [],
};
