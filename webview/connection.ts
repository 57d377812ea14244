/** The page's end of the channel to its host: asks for a snapshot, follows by deltas, and asks again when one does not fit. */
import { applyPatch, Rpc } from "../src/protocol";
import type { HostMethods, PageMethods, PanelState, RpcMessage, ToHost } from "../src/protocol";

export class Connection {
  private revision: number | null = null;
  private state: PanelState | null = null;
  private readonly rpc: Rpc<PageMethods, HostMethods>;

  constructor(
    private readonly post: (message: ToHost) => void,
    private readonly changed: (state: PanelState) => void,
  ) {
    this.rpc = new Rpc<PageMethods, HostMethods>((message: RpcMessage) => this.post(message), {});
  }

  /** Says that the page listens. Until the snapshot arrives deltas are left aside. */
  start(): void {
    this.revision = null;
    this.state = null;
    this.post({ type: "ready" });
  }

  call<K extends "openPlace" | "openDocs" | "confusion">(method: K, params: Parameters<HostMethods[K]>[0]): Promise<Awaited<ReturnType<HostMethods[K]>>> {
    return this.rpc.call(method, params);
  }

  /** Takes a message of the host in; anything else is left unread. */
  receive(message: unknown): void {
    if (this.rpc.receive(message)) return;
    if (typeof message !== "object" || message === null || !("type" in message) || !("revision" in message) || typeof message.revision !== "number") return;
    if (message.type === "snapshot" && "state" in message) {
      this.take(message.revision, message.state as PanelState);
      return;
    }
    if (message.type !== "delta" || this.state === null || !("patch" in message) || !("base" in message)) return;
    // Deltas that were under way when the snapshot was made are in it already.
    if (message.revision <= this.revision!) return;
    if (message.base !== this.revision) {
      this.start();
      return;
    }
    let next: PanelState;
    try {
      next = applyPatch(this.state, message.patch as Parameters<typeof applyPatch>[1]) as PanelState;
    } catch {
      // The two sides disagree about what the page holds: a fresh snapshot settles it.
      this.start();
      return;
    }
    this.take(message.revision, next);
  }

  private take(revision: number, state: PanelState): void {
    this.revision = revision;
    this.state = state;
    this.changed(state);
  }
}
