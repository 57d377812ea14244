/** Data that was read well and cannot be measured: one line, fit to be shown as it stands. */
export class MeasureError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MeasureError";
  }
}

/** The caller asked to stop; nothing of what was under way is given. */
export class MeasureStopped extends Error {
  constructor() {
    super("stopped");
    this.name = "MeasureStopped";
  }
}

/** (400, 28, 28), as numpy writes shapes. */
export function shapeText(shape: readonly number[]): string {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}
