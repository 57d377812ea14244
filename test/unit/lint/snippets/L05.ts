import type { Snippets } from "./snippets";

export const L05: Snippets = {
  bad: [],
  good: [],
};
