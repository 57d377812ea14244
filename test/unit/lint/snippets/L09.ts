import type { Snippets } from "./snippets";

export const L09: Snippets = {
  bad: [],
  good: [],
};
