import type { Snippets } from "./snippets";

export const L19: Snippets = {
  bad: [],
  good: [],
};
