/**
 * Where the tensors of an ONNX model lie (onnx/onnx.proto): initializers of the graph and of the graphs inside its nodes, and
 * the values of Constant nodes.
 */
import { WIRE } from "../bytes/protobuf";
import { ProtoWindow, type Span } from "../bytes/protobufWindow";
import { type ByteSource, FormatError } from "../bytes/source";
import type { ConfigValue } from "../format";

export const NAME = "onnx";

const MOST_TENSORS = 1 << 19;
const MOST_AXES = 64;
const DEEPEST = 32;
const MOST_FACTS = 1000;
const LONGEST_FACT = 1000;

/** A TensorProto, its payload unread. */
export interface OnnxTensor {
  readonly name: string;
  /** TensorProto.DataType. */
  readonly dataType: number;
  readonly shape: readonly number[];
  /** The whole message, for what is not kept as raw bytes. */
  readonly message: Span;
  readonly raw: Span | null;
  /** Where the data lie outside of the file: keys location, offset, length; null when they do not. */
  readonly external: ReadonlyMap<string, string> | null;
  readonly from: "initializer" | "constant" | "sparse";
}

export interface OnnxModel {
  readonly tensors: readonly OnnxTensor[];
  readonly facts: ReadonlyMap<string, ConfigValue>;
}

/** Walks the whole model. Throws FormatError where it is damaged, torn where the file ends inside. */
export function readModel(source: ByteSource): OnnxModel {
  return new Walk(source).model();
}

class Walk {
  private readonly proto: ProtoWindow;
  private readonly tensors: OnnxTensor[] = [];
  private readonly facts = new Map<string, ConfigValue>();

  constructor(private readonly source: ByteSource) {
    this.proto = new ProtoWindow(NAME, source);
  }

  model(): OnnxModel {
    const { proto } = this;
    const end = this.source.size;
    let graphs = 0;
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.number === 1 && f.wire === WIRE.varint) this.fact("ir_version", proto.varint(end));
      else if (f.number === 5 && f.wire === WIRE.varint) this.fact("model_version", proto.signed(end));
      else if (f.wire !== WIRE.bytes) proto.skip(f.wire, end);
      else if (f.number === 2) this.fact("producer_name", proto.text(end));
      else if (f.number === 3) this.fact("producer_version", proto.text(end));
      else if (f.number === 4) this.fact("domain", proto.text(end));
      else if (f.number === 7) {
        graphs++;
        this.inside(end, (graph) => this.graph(graph, 0));
      } else if (f.number === 8) this.inside(end, (entry) => this.opset(entry));
      else if (f.number === 14) this.inside(end, (entry) => this.metadata(entry));
      else if (f.number === 25) this.inside(end, (fn) => this.nodesOf(fn, 7, 0));
      else proto.skip(f.wire, end);
    }
    if (graphs === 0) throw new FormatError(NAME, `no graph in ${end} bytes`, true);
    return { tensors: this.tensors, facts: this.facts };
  }

  /** Calls `read` with the end of the message ahead, and goes on behind it. */
  private inside(end: number, read: (end: number) => void): void {
    const span = this.proto.span(end);
    this.proto.pos = span.start;
    read(span.end);
    this.proto.pos = span.end;
  }

  private fact(key: string, value: string | number): void {
    if (value !== "" && this.facts.size < MOST_FACTS && String(value).length <= LONGEST_FACT) this.facts.set(key, value);
  }

  private opset(end: number): void {
    const { proto } = this;
    let domain = "";
    let version = 0;
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.number === 1 && f.wire === WIRE.bytes) domain = proto.text(end);
      else if (f.number === 2 && f.wire === WIRE.varint) version = proto.signed(end);
      else proto.skip(f.wire, end);
    }
    this.fact(domain === "" || domain === "ai.onnx" ? "opset" : `opset.${domain}`, version);
  }

  private metadata(end: number): void {
    const [key, value] = this.pair(end);
    if (key !== "") this.fact(key, value);
  }

  /** StringStringEntryProto. */
  private pair(end: number): [string, string] {
    const { proto } = this;
    let [key, value] = ["", ""];
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.number === 1 && f.wire === WIRE.bytes) key = proto.text(end);
      else if (f.number === 2 && f.wire === WIRE.bytes) value = proto.text(end);
      else proto.skip(f.wire, end);
    }
    return [key, value];
  }

  private graph(end: number, depth: number): void {
    if (depth > DEEPEST) throw new FormatError(NAME, `graphs are nested deeper than ${DEEPEST}`);
    const { proto } = this;
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.wire !== WIRE.bytes) proto.skip(f.wire, end);
      else if (f.number === 1) this.inside(end, (node) => this.node(node, depth));
      else if (f.number === 5) this.inside(end, (tensor) => this.tensor(tensor, "initializer", ""));
      else if (f.number === 15) this.inside(end, (tensor) => this.sparse(tensor));
      else proto.skip(f.wire, end);
    }
  }

  private nodesOf(end: number, field: number, depth: number): void {
    const { proto } = this;
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.number === field && f.wire === WIRE.bytes) this.inside(end, (node) => this.node(node, depth));
      else proto.skip(f.wire, end);
    }
  }

  private node(end: number, depth: number): void {
    const { proto } = this;
    let output = "";
    let operator = "";
    const attributes: Span[] = [];
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.number === 2 && f.wire === WIRE.bytes && output === "") output = proto.text(end);
      else if (f.number === 4 && f.wire === WIRE.bytes) operator = proto.text(end);
      else if (f.number === 5 && f.wire === WIRE.bytes) attributes.push(proto.span(end));
      else proto.skip(f.wire, end);
    }
    for (const { start, end: stop } of attributes) {
      proto.pos = start;
      this.attribute(stop, operator === "Constant" ? output : null, depth);
    }
    proto.pos = end;
  }

  /** `constant`: what the Constant node around it gives; null for other nodes, whose tensors are settings. */
  private attribute(end: number, constant: string | null, depth: number): void {
    const { proto } = this;
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.wire !== WIRE.bytes) proto.skip(f.wire, end);
      else if (f.number === 5 && constant !== null) this.inside(end, (tensor) => this.tensor(tensor, "constant", constant));
      else if (f.number === 22 && constant !== null) this.inside(end, (tensor) => this.sparse(tensor));
      else if (f.number === 6 || f.number === 11) this.inside(end, (graph) => this.graph(graph, depth + 1));
      else proto.skip(f.wire, end);
    }
  }

  /** SparseTensorProto: its values are a tensor with the name. */
  private sparse(end: number): void {
    const { proto } = this;
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.number === 1 && f.wire === WIRE.bytes) this.inside(end, (values) => this.tensor(values, "sparse", ""));
      else proto.skip(f.wire, end);
    }
  }

  private tensor(end: number, from: OnnxTensor["from"], called: string): void {
    if (this.tensors.length >= MOST_TENSORS) throw new FormatError(NAME, `more than ${MOST_TENSORS} tensors`);
    const { proto } = this;
    const message: Span = { start: proto.pos, end };
    const shape: number[] = [];
    let name = "";
    let dataType = 0;
    let raw: Span | null = null;
    let location = 0;
    const external = new Map<string, string>();
    for (let f = proto.field(end); f !== null; f = proto.field(end)) {
      if (f.number === 1 && f.wire === WIRE.varint) this.axis(shape, proto.signed(end));
      else if (f.number === 1 && f.wire === WIRE.bytes) this.inside(end, (packed) => {
        while (proto.pos < packed) this.axis(shape, proto.signed(packed));
      });
      else if (f.number === 2 && f.wire === WIRE.varint) dataType = proto.varint(end);
      else if (f.number === 8 && f.wire === WIRE.bytes) name = proto.text(end);
      else if (f.number === 9 && f.wire === WIRE.bytes) raw = proto.span(end);
      else if (f.number === 13 && f.wire === WIRE.bytes)
        this.inside(end, (entry) => {
          const [key, value] = this.pair(entry);
          if (external.size < 16) external.set(key, value);
        });
      else if (f.number === 14 && f.wire === WIRE.varint) location = proto.varint(end);
      else proto.skip(f.wire, end);
    }
    this.tensors.push({ name: from === "constant" ? called || name : name, dataType, shape, message, raw, external: location === 1 ? external : null, from });
  }

  private axis(shape: number[], n: number): void {
    if (shape.length >= MOST_AXES) throw new FormatError(NAME, `a tensor of more than ${MOST_AXES} axes`);
    shape.push(n);
  }
}
