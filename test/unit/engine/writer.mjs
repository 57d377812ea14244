// A training's hand: a process of its own that writes files as it is told over IPC, and says so once the bytes are with the system.
// {do: "grow", path, hex, sizes}: appends `hex` in pieces of `sizes` bytes to an open file, one message a piece; goes on at {do: "on"}.
// {do: "run", …}: the same, and does not wait for anybody. {do: "put" | "replace", path, hex}: writes anew in place, or beside and renames.
// {do: "cut", path, size}: truncates. {do: "move", path, to}; {do: "end"}.
import { closeSync, mkdirSync, openSync, renameSync, rmSync, truncateSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

let growing = null;

const tell = (message) => new Promise((resolve, reject) => process.send(message, (error) => (error ? reject(error) : resolve())));

async function piece() {
  const { fd, bytes, sizes } = growing;
  const size = sizes.shift() ?? bytes.length;
  writeSync(fd, bytes, growing.at, Math.min(size, bytes.length - growing.at));
  growing.at = Math.min(bytes.length, growing.at + size);
  const done = growing.at === bytes.length;
  if (done) {
    closeSync(fd);
    growing = null;
  }
  await tell({ done });
  return done;
}

async function work(order) {
  if (order.do === "on") return piece();
  if (order.path) mkdirSync(dirname(order.path), { recursive: true });
  switch (order.do) {
    case "grow":
    case "run":
      growing = { fd: openSync(order.path, "a"), bytes: Buffer.from(order.hex, "hex"), sizes: order.sizes, at: 0 };
      if (order.do === "grow") return piece();
      while (!(await piece()));
      return;
    case "put":
      writeFileSync(order.path, Buffer.from(order.hex, "hex"));
      break;
    case "replace":
      writeFileSync(`${order.path}.tmp`, Buffer.from(order.hex, "hex"));
      renameSync(`${order.path}.tmp`, order.path);
      break;
    case "cut":
      truncateSync(order.path, order.size);
      break;
    case "move":
      renameSync(order.path, order.to);
      break;
    case "remove":
      rmSync(order.path);
      break;
    case "end":
      process.disconnect();
      return;
  }
  await tell({ done: true });
}

process.on("message", (order) => {
  work(order).catch((error) => process.send({ error: String(error) }));
});
