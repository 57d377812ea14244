import type { Snippets } from "./snippets";

export const L17: Snippets = {
  bad: [],
  good: [],
};
