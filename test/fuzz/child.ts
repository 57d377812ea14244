/**
 * Runs inputs one after the other and says on file descriptor 3 which one it is at, so that whoever waits knows what it was
 * that did not come back. argv: one JSON of `Job`.
 */
import { mkdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { loadHdf5 } from "../../src/read/bytes/hdf5";
import type { Hdf5 } from "../../src/read/bytes/source";
import { checkInput, type Failure } from "./check";
import { type Fixture, type Input, inputOf, loadCorpus } from "./corpus";
import { guard, spent } from "./guard";
import { seedOf } from "./random";
import { shrunk } from "./shrink";

interface Job {
  readonly root: string;
  readonly format: string;
  readonly seed: number;
  /** Inputs [from, to) of the format. */
  readonly from: number;
  readonly to: number;
  /** When it is to stop, in milliseconds since 1970; 0 for never. */
  readonly until: number;
  /** One input alone, by its fixture's file and its own seed: it is written to out/fuzz and its failures are told in full. */
  readonly replay?: { readonly file: string; readonly seed: number };
}

const MOST_BYTES = 256 << 20;

const job = JSON.parse(process.argv[2]!) as Job;
const say = (line: string): void => void writeSync(3, `${line}\n`);

let library: Hdf5 | null = null;
const environment = {
  get library() {
    return library;
  },
  usesLibrary: () => {
    totals.library++;
    say("l");
  },
  begins: () => say("r"),
};

const totals = { inputs: 0, ms: 0, worstMs: 0, worst: "", peakBytes: 0, largest: 0, library: 0 };

const nameOf = (input: Input): string => `${input.format}:${input.file}:${input.seed}`;

function run(input: Input): Failure[] {
  spent();
  const rss = process.memoryUsage.rss();
  const peak = process.resourceUsage().maxRSS * 1024;
  const cpu = process.cpuUsage();
  const { failures, worstMs } = checkInput(input, environment);
  const used = process.cpuUsage(cpu);
  const ms = (used.user + used.system) / 1000;
  const after = process.resourceUsage().maxRSS * 1024;
  const grown = after > peak ? after - rss : 0;
  const { largest, ran } = spent();
  const fail = (demand: Failure["demand"], detail: string): void => void failures.push({ reader: input.format, demand, detail, stack: "" });
  if (grown > MOST_BYTES) fail("memory", `${Math.round(grown / 2 ** 20)} MB`);
  if (ran > 0) fail("runs nothing", `${ran} texts were to be run as code`);
  totals.inputs++;
  totals.ms += ms;
  totals.peakBytes = Math.max(totals.peakBytes, grown);
  totals.largest = Math.max(totals.largest, largest);
  if (worstMs > totals.worstMs) {
    totals.worstMs = worstMs;
    totals.worst = nameOf(input);
  }
  return failures;
}

function fixtureOf(fixtures: readonly Fixture[], i: number): Fixture {
  return fixtures[i % fixtures.length]!;
}

async function main(): Promise<void> {
  const corpus = loadCorpus(job.root);
  library = await loadHdf5();
  guard();
  const fixtures = corpus.get(job.format);
  if (fixtures === undefined) throw new Error(`no fixtures of ${job.format}`);
  if (job.replay !== undefined) {
    const { file, seed } = job.replay;
    const fixture = fixtures.find((f) => f.file === file);
    if (fixture === undefined) throw new Error(`no file ${file} in ${job.format}`);
    say(`b ${seed}`);
    const input = inputOf(corpus, fixture, seed);
    const folder = join(job.root, "out", "fuzz", `${job.format}-${seed}`);
    const write = (name: string, bytes: Uint8Array): void => {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    };
    write(file, input.bytes);
    for (const name of fixture.siblings.keys()) {
      const bytes = input.sibling(name);
      if (bytes !== null) write(join(file, "..", name), bytes);
    }
    console.log(`${input.bytes.length} bytes, written to ${folder}`);
    const failures = run(input);
    for (const { reader, demand, detail, stack } of failures) console.log(`${reader}: ${demand}: ${detail}\n${stack}`);
    console.log(`${failures.length} failures, ${Math.round(totals.worstMs)} ms, ${Math.round(totals.peakBytes / 2 ** 20)} MB`);
    const small = failures.length > 0 ? shrunk(input, (other) => checkInput(other, environment).failures.some((f) => f.reader === failures[0]!.reader && f.demand === failures[0]!.demand)) : null;
    if (small !== null) {
      write(`${file}.small`, small);
      console.log(`${small.length} bytes do it as well: ${file}.small\n${small.length <= 400 ? Buffer.from(small).toString("base64") : ""}`);
    }
    say(`e ${JSON.stringify({ totals, next: job.to, failures: failures.length })}`);
    return;
  }
  let i = job.from;
  for (; i < job.to && (job.until === 0 || Date.now() < job.until); i++) {
    say("m");
    const fixture = fixtureOf(fixtures, i);
    const input = inputOf(corpus, fixture, seedOf(job.seed, job.format, i));
    say(`b ${i} ${nameOf(input)}`);
    for (const failure of run(input)) say(`f ${JSON.stringify({ ...failure, stack: failure.stack.split("\n").slice(0, 12).join("\n"), input: nameOf(input) })}`);
    if (i % 64 === 0) say(`t ${JSON.stringify(totals)}`);
  }
  say(`e ${JSON.stringify({ totals, next: i, failures: 0 })}`);
}

await main();
