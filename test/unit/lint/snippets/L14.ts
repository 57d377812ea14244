import type { Snippets } from "./snippets";

export const L14: Snippets = {
  bad: [],
  good: [],
};
