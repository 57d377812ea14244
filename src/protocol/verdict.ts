/** The verdict is part of the vocabulary: the terminal says the same as the editor. */
export { leadingFinding, verdict } from "../run";
export type { Verdict } from "../run";
