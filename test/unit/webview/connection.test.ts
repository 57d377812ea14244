import assert from "node:assert/strict";
import { makePatch, STATE_SCHEMA } from "../../../src/protocol";
import type { PanelState, ToHost } from "../../../src/protocol";
import { Connection } from "../../../webview/connection";
import { emptyState, readState } from "../../../webview/viewState";

const reading = (done: number): PanelState => ({ kind: "reading", name: "a", folder: "/a", progress: { done, total: 9 } });

function page(): { connection: Connection; sent: ToHost[]; shown: PanelState[] } {
  const sent: ToHost[] = [];
  const shown: PanelState[] = [];
  return { sent, shown, connection: new Connection((m) => sent.push(m), (s) => shown.push(s)) };
}

const delta = (base: number, revision: number, from: PanelState, to: PanelState): unknown => structuredClone({ type: "delta", base, revision, patch: makePatch(from, to) });

describe("the page's connection", () => {
  it("speaks first, shows the snapshot, and follows deltas", () => {
    const { connection, sent, shown } = page();
    connection.start();
    assert.deepEqual(sent, [{ type: "ready" }]);
    connection.receive({ type: "snapshot", revision: 4, state: reading(1) });
    connection.receive(delta(4, 5, reading(1), reading(2)));
    connection.receive(delta(5, 6, reading(2), { kind: "gone", name: "a", folder: "/a" }));
    assert.deepEqual(shown, [reading(1), reading(2), { kind: "gone", name: "a", folder: "/a" }]);
    assert.equal(sent.length, 1);
  });

  it("asks again, once, when a delta has another base, and ignores deltas until the snapshot", () => {
    const { connection, sent, shown } = page();
    connection.start();
    connection.receive({ type: "snapshot", revision: 4, state: reading(1) });
    connection.receive(delta(7, 8, reading(1), reading(2)));
    connection.receive(delta(8, 9, reading(2), reading(3)));
    assert.deepEqual(sent, [{ type: "ready" }, { type: "ready" }]);
    assert.equal(shown.length, 1);
    connection.receive({ type: "snapshot", revision: 9, state: reading(3) });
    assert.deepEqual(shown.at(-1), reading(3));
  });

  it("leaves out deltas that the snapshot holds already", () => {
    const { connection, sent, shown } = page();
    connection.start();
    connection.receive({ type: "snapshot", revision: 9, state: reading(3) });
    connection.receive(delta(8, 9, reading(2), reading(3)));
    assert.equal(sent.length, 1);
    assert.equal(shown.length, 1);
  });

  it("asks again when a patch does not fit what it holds", () => {
    const { connection, sent } = page();
    connection.start();
    connection.receive({ type: "snapshot", revision: 1, state: reading(1) });
    connection.receive({ type: "delta", base: 1, revision: 2, patch: { op: "items", length: 0, items: [] } });
    assert.equal(sent.length, 2);
  });

  it("reads nothing into foreign messages", () => {
    const { connection, sent, shown } = page();
    for (const message of [null, 3, "x", {}, { type: "snapshot" }, { type: "delta", revision: 1 }, { type: "other", revision: 1 }]) connection.receive(message);
    assert.deepEqual([sent, shown], [[], []]);
  });

  it("calls its host", async () => {
    const { connection, sent } = page();
    const answer = connection.call("confusion", { epoch: 3 });
    const request = sent[0]!;
    assert.ok(request.type === "request");
    assert.deepEqual([request.method, request.params], ["confusion", { epoch: 3 }]);
    connection.receive({ type: "answer", id: request.id, ok: true, value: null });
    assert.equal(await answer, null);
  });
});

describe("what the page keeps", () => {
  it("comes back for the same run", () => {
    const kept = { ...emptyState("/a"), pin: { unit: "epoch" as const, x: 3 }, scales: { weights: "fit" }, open: { x: true }, scroll: 120, finding: "f", confusion: true };
    assert.deepEqual(readState(JSON.parse(JSON.stringify(kept)), "/a"), kept);
  });

  it("is empty for another run, another version, and for nonsense", () => {
    for (const raw of [null, 3, [], {}, { ...emptyState("/b"), scroll: 5 }, { ...emptyState("/a"), schema: STATE_SCHEMA + 1, scroll: 5 }]) assert.deepEqual(readState(raw, "/a"), emptyState("/a"));
    assert.deepEqual(readState({ schema: STATE_SCHEMA, folder: "/a", pin: { unit: "hour", x: 1 }, scales: { a: 3, b: "log" }, open: "x", scroll: -4, finding: 3 }, "/a"), { ...emptyState("/a"), scales: { b: "log" } });
  });
});
