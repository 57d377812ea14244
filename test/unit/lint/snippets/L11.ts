import type { Snippets } from "./snippets";

export const L11: Snippets = {
  bad: [],
  good: [],
};
