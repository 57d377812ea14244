/** Requests and their answers over a channel that only posts messages. */

/** Methods by name, each with what it takes and gives. */
export type Methods = Readonly<Record<string, (params: never) => unknown>>;
type Params<M extends Methods, K extends keyof M> = Parameters<M[K]>[0];
type Result<M extends Methods, K extends keyof M> = Awaited<ReturnType<M[K]>>;

export type Handlers<M extends Methods> = { readonly [K in keyof M]: (params: Params<M, K>) => Result<M, K> | Promise<Result<M, K>> };

export type RpcMessage =
  | { readonly type: "request"; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly type: "answer"; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly type: "answer"; readonly id: number; readonly ok: false; readonly error: string };

/** The other side said no, or is gone. */
export class RpcError extends Error {
  override readonly name = "RpcError";
}

/**
 * One end of a channel: answers `Local` methods, calls `Remote` ones. A call ends when the other side answers, when its handler throws
 * (the call rejects with the handler's message), or when this end is disposed; there is no timeout.
 */
export class Rpc<Local extends Methods, Remote extends Methods> {
  private readonly pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private next = 1;
  private disposed = false;

  constructor(
    private readonly post: (message: RpcMessage) => void,
    private readonly handlers: Handlers<Local>,
  ) {}

  /** Calls a method of the other side. Rejects with an RpcError. */
  call<K extends keyof Remote & string>(method: K, params: Params<Remote, K>): Promise<Result<Remote, K>> {
    if (this.disposed) return Promise.reject(new RpcError(`${method}: the channel is closed`));
    const id = this.next++;
    return new Promise<Result<Remote, K>>((resolve, reject) => {
      this.pending.set(id, { resolve: (value) => resolve(value as Result<Remote, K>), reject });
      try {
        this.post({ type: "request", id, method, params });
      } catch (error) {
        this.pending.delete(id);
        reject(new RpcError(`${method}: ${messageOf(error)}`));
      }
    });
  }

  /** Takes a message in. False when it is not for this class: not a request, nor an answer. */
  receive(message: unknown): boolean {
    if (typeof message !== "object" || message === null || !("type" in message) || !("id" in message) || typeof message.id !== "number") return false;
    if (message.type === "request" && "method" in message && typeof message.method === "string") {
      void this.answer(message.id, message.method, "params" in message ? message.params : undefined);
      return true;
    }
    if (message.type !== "answer" || !("ok" in message)) return false;
    const waiting = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.ok === true) waiting?.resolve("value" in message ? message.value : undefined);
    else waiting?.reject(new RpcError("error" in message && typeof message.error === "string" ? message.error : "the other side failed"));
    return true;
  }

  /** Closes this end; whatever still waits is rejected. */
  dispose(): void {
    this.disposed = true;
    const waiting = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of waiting) reject(new RpcError("the channel is closed"));
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const reply = await this.run(id, method, params);
    // The channel may have closed while the handler ran; nobody waits then.
    if (!this.disposed) this.post(reply);
  }

  private async run(id: number, method: string, params: unknown): Promise<RpcMessage> {
    try {
      if (!Object.hasOwn(this.handlers, method)) throw new RpcError(`no method ${JSON.stringify(method)}`);
      const handler = this.handlers[method] as (params: unknown) => unknown;
      return { type: "answer", id, ok: true, value: await handler(params) };
    } catch (error) {
      return { type: "answer", id, ok: false, error: messageOf(error) };
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
