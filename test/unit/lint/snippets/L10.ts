import type { Snippets } from "./snippets";

export const L10: Snippets = {
  bad: [],
  good: [],
};
