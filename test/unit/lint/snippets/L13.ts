import type { Snippets } from "./snippets";

export const L13: Snippets = {
  bad: [],
  good: [],
};
