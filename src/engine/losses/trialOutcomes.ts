/** What has been heard of a trial, gathered for its verdict. */
import type { Trained } from "../../losses/trial/verdict";
import type { FromTrial } from "./trialMessages";

type Point = Extract<FromTrial, { readonly kind: "point" }>;

export class TrialOutcomes {
  private readonly names = new Map<string, string>();
  private readonly points = new Map<string, Point[]>();
  private readonly ended: Trained[] = [];

  hear(message: FromTrial): void {
    if (message.kind === "begun") for (const { id, name } of message.variants) this.names.set(id, name);
    if (message.kind === "point") {
      const key = `${message.seed} ${message.id}`;
      this.points.set(key, [...(this.points.get(key) ?? []), message]);
    }
    if (message.kind === "ended") {
      const { id, seed, why } = message;
      const points = this.points.get(`${seed} ${id}`) ?? [];
      const losses = points.flatMap((p) => (p.loss === null ? [] : [p.loss]));
      const last = points.at(-1);
      this.ended.push({ id, name: this.names.get(id) ?? id, seed, why, ...(message.message === undefined ? {} : { message: message.message }), step: last?.step ?? 0, firstLoss: losses[0] ?? null, lastLoss: losses.at(-1) ?? null, foreground: last?.foreground ?? null, background: last?.background ?? null });
    }
  }

  /** Trainings that have ended, in their order. */
  trained(): readonly Trained[] {
    return this.ended;
  }
}
