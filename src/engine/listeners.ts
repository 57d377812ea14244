/** Tells of changes, gathered so that views stay calm. */
import { messageOf } from "./errors";
import type { Disposable } from "./runs";

/** Listeners are told at most this often (milliseconds). */
const QUIET = 150;

export class Listeners {
  private readonly listeners = new Set<(folders: readonly string[]) => void>();
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private disposed = false;

  constructor(private readonly log: (line: string) => void) {}

  add(listener: (folders: readonly string[]) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  tell(folders: readonly string[]): void {
    for (const folder of folders) this.changed.add(folder);
    if (this.timer !== null || this.disposed) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      const all = [...this.changed];
      this.changed.clear();
      for (const listener of this.listeners) {
        try {
          listener(all);
        } catch (error) {
          this.log(`a listener failed: ${messageOf(error)}`);
        }
      }
    }, QUIET);
  }

  dispose(): void {
    this.disposed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.listeners.clear();
  }
}
