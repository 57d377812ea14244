/** A thread that helps to measure the tensors of large checkpoints. */
import { parentPort } from "node:worker_threads";
import { LibraryNeeded, loadHdf5, simpleHdf5 } from "../read/bytes/hdf5";
import type { ReadTools } from "../read/bytes/source";
import type { CheckpointFile } from "../read/format";
import { CHECKPOINT_FORMATS } from "../read/formats";
import { messageOf } from "./errors";
import { openFile, type FileSource } from "./fileSource";
import { inflate } from "./inflate";
import { measureTaken, type TensorResult } from "./tensorJob";
import type { OpenAs, TensorReply, TensorRequest } from "./tensorThreads";

const port = parentPort;
if (port === null) throw new Error("tensors: must be started as a worker thread");

let hdf5 = simpleHdf5;

async function open({ path, name, format }: OpenAs): Promise<{ file: CheckpointFile; source: FileSource }> {
  const reader = CHECKPOINT_FORMATS.find((one) => one.name === format);
  if (reader === undefined) throw new Error(`no format ${format}`);
  const source = openFile(path, name);
  const tools = (): ReadTools => ({ inflate, hdf5, sibling: (other) => source.sibling(other) });
  try {
    try {
      return { file: reader.open(source, tools()), source };
    } catch (error) {
      if (!(error instanceof LibraryNeeded)) throw error;
      hdf5 = await loadHdf5();
      return { file: reader.open(source, tools()), source };
    }
  } catch (error) {
    source.close();
    throw error;
  }
}

async function answer({ id, file, before, order, taken }: TensorRequest): Promise<TensorReply> {
  const opened: { file: CheckpointFile; source: FileSource }[] = [];
  const results = new Map<number, TensorResult>();
  try {
    for (const one of before === null ? [file] : [file, before]) opened.push(await open(one));
    measureTaken(opened[0]!.file.tensors, opened[1]?.file.tensors ?? [], order, new Int32Array(taken), results);
    return { id, results: [...results], failed: null };
  } catch (error) {
    // What it has measured counts; the rest is done by whoever asked.
    return { id, results: [...results], failed: messageOf(error) };
  } finally {
    for (const { file: checkpoint, source } of opened) {
      checkpoint.close();
      source.close();
    }
  }
}

// The file may have another state by now than the one that asked for it sees; it is looked at again then, and measured anew.
port.on("message", (request: TensorRequest) => {
  void answer(request).then((reply) => port.postMessage(reply));
});
