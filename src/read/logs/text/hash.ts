import { hashBytes } from "../fingerprint";

/** 32 bits of a text. */
export function hashText(text: string): number {
  return hashBytes(new TextEncoder().encode(text));
}
