import type { Snippets } from "./snippets";

export const L21: Snippets = {
  bad: [],
  good: [],
};
