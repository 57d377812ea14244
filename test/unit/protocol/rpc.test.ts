import assert from "node:assert/strict";
import { Rpc, RpcError } from "../../../src/protocol";
import type { RpcMessage } from "../../../src/protocol";

type Left = { double: (n: number) => number; fail: (why: string) => never; slow: (n: number) => number };
type None = Readonly<Record<string, never>>;

/** Two ends joined by a channel that clones and delivers later, as a real one does. */
function pair(handlers: { double?: (n: number) => number | Promise<number> } = {}): { caller: Rpc<None, Left>; answerer: Rpc<Left, None>; log: RpcMessage[] } {
  const log: RpcMessage[] = [];
  const caller: Rpc<None, Left> = new Rpc<None, Left>((m) => deliver(() => answerer.receive(structuredClone(m)), m), {});
  const answerer: Rpc<Left, None> = new Rpc<Left, None>((m) => deliver(() => caller.receive(structuredClone(m)), m), {
    double: handlers.double ?? ((n) => n * 2),
    fail: (why) => {
      throw new Error(why);
    },
    slow: (n) => Promise.resolve(n).then((v) => v + 1),
  });
  function deliver(run: () => void, m: RpcMessage): void {
    log.push(m);
    queueMicrotask(run);
  }
  return { caller, answerer, log };
}

describe("rpc", () => {
  it("answers calls, also many at a time and out of order", async () => {
    const { caller } = pair();
    assert.equal(await caller.call("double", 21), 42);
    const all = await Promise.all([caller.call("slow", 1), caller.call("double", 2), caller.call("slow", 3)]);
    assert.deepEqual(all, [2, 4, 4]);
  });

  it("rejects with the message of a handler that throws, at once or later", async () => {
    const { caller } = pair({ double: () => Promise.reject(new Error("later")) });
    await assert.rejects(caller.call("fail", "no such line"), (e: Error) => e instanceof RpcError && e.message === "no such line");
    await assert.rejects(caller.call("double", 1), /later/);
  });

  it("rejects a method that the other side lacks, inherited names included", async () => {
    const { answerer } = pair();
    const replies: unknown[] = [];
    const other = new Rpc<Left, None>((m) => replies.push(m), { double: (n) => n, fail: () => { throw new Error(); }, slow: (n) => n });
    other.receive({ type: "request", id: 1, method: "toString", params: null });
    other.receive({ type: "request", id: 2, method: "nope", params: null });
    await Promise.resolve();
    await Promise.resolve();
    assert.equal(replies.length, 2);
    for (const r of replies) assert.ok(typeof r === "object" && r !== null && "ok" in r && r.ok === false);
    answerer.dispose();
  });

  it("rejects all that wait when closed, and every later call", async () => {
    const rpc = new Rpc<None, Left>(() => undefined, {});
    const waiting = rpc.call("double", 1);
    rpc.dispose();
    await assert.rejects(waiting, RpcError);
    await assert.rejects(rpc.call("double", 1), /closed/);
  });

  it("posts no answer after it was closed", async () => {
    const posted: RpcMessage[] = [];
    let finish: (n: number) => void = () => undefined;
    const rpc = new Rpc<Left, None>((m) => posted.push(m), { double: () => new Promise<number>((r) => (finish = r)), fail: () => { throw new Error(); }, slow: (n) => n });
    rpc.receive({ type: "request", id: 1, method: "double", params: 1 });
    rpc.dispose();
    finish(2);
    await new Promise((r) => setImmediate(r));
    assert.deepEqual(posted, []);
  });

  it("rejects a call whose message could not be posted", async () => {
    const rpc = new Rpc<None, Left>(() => {
      throw new Error("could not be cloned");
    }, {});
    await assert.rejects(rpc.call("double", 1), /double: could not be cloned/);
  });

  it("leaves foreign and malformed messages alone", () => {
    const rpc = new Rpc<None, Left>(() => undefined, {});
    for (const message of [null, undefined, 3, "x", {}, { type: "snapshot", revision: 1 }, { type: "request", id: "1", method: "double" }, { type: "request", id: 1 }, { type: "answer", id: 1 }]) {
      assert.equal(rpc.receive(message), false, JSON.stringify(message));
    }
    assert.equal(rpc.receive({ type: "answer", id: 99, ok: true, value: 1 }), true);
  });
});
