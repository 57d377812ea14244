import type { Snippets } from "./snippets";

export const L18: Snippets = {
  bad: [],
  good: [],
};
