import type { Snippets } from "./snippets";

export const L29: Snippets = {
  bad: [],
  good: [],
};
