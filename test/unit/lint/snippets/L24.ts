import type { Snippets } from "./snippets";

export const L24: Snippets = {
  bad: [],
  good: [],
};
