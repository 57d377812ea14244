import type { Snippets } from "./snippets";

export const L28: Snippets = {
  bad: [],
  good: [],
};
