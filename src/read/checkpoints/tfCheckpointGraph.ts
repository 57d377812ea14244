/** The object graph of a TensorFlow 2 checkpoint (tensorflow/core/protobuf/trackable_object_graph.proto): which object kept which variable. */
import { WIRE, WireReader } from "../bytes/protobuf";
import { within } from "./tfCheckpointIndex";

const MOST_NODES = 1 << 20;
const MOST_EDGES = 1 << 22;
/** Longer paths than any real one are not followed; all of them together are kept small too. */
const MOST_PATH = 2048;
const MOST_LETTERS = 64 << 20;

interface Edge {
  readonly node: number;
  readonly name: string;
}

interface ObjectNode {
  readonly children: Edge[];
  readonly variables: { readonly name: string; readonly fullName: string; readonly key: string }[];
  /** Nodes of the variables that this object, an optimizer, keeps beside those of the network. */
  readonly slots: number[];
}

/** What the graph says of one tensor. */
export interface GraphVariable {
  /** The variable's own name ("conv2d_3/kernel"); empty where none was kept. */
  readonly fullName: string;
  /** Names from the root to it, not through an optimizer, as its key would be; null where only an optimizer leads to it. */
  readonly path: string | null;
  readonly optimizer: boolean;
  /** Place in a walk through the objects, depth first, in the order in which they were made; optimizers last. */
  readonly order: number;
}

/** An optimizer by the attribute that holds it, or by what it keeps. */
const OPTIMIZER_NAME = /(^|_)optimizers?(_\d+)?$/i;
const COUNTERS = new Set(["iter", "iterations", "_iterations"]);
const RATES = new Set(["learning_rate", "_learning_rate", "_current_learning_rate", "lr"]);
/** Lists of the network's own variables that optimizers of Keras 3 keep. */
const NETWORK_LISTS = new Set(["_trainable_variables", "_model_variables"]);

/** What the graph says of the tensors that `wanted` has; null where the bytes are no graph or more than anybody needs. */
export function readGraph(bytes: Uint8Array, wanted: ReadonlySet<string>): ReadonlyMap<string, GraphVariable> | null {
  const nodes = parse(bytes);
  return nodes === null || nodes.length === 0 ? null : describe(nodes, wanted);
}

function describe(nodes: readonly ObjectNode[], wanted: ReadonlySet<string>): ReadonlyMap<string, GraphVariable> | null {
  const optimizers = new Set<number>();
  for (const [i, node] of nodes.entries()) {
    const has = (names: ReadonlySet<string>): boolean => node.children.some(({ name }) => names.has(name));
    if (node.slots.length > 0 || (has(COUNTERS) && has(RATES))) optimizers.add(i);
    for (const { node: child, name } of node.children) if (OPTIMIZER_NAME.test(name)) optimizers.add(child);
  }
  const slots = new Set(nodes.flatMap((node) => node.slots));
  const network = (edge: Edge): boolean => !optimizers.has(edge.node) && !slots.has(edge.node);
  const paths = shortestPaths(nodes, network, optimizers);
  // First what the network leads to, then what only an optimizer's list of its variables does, then the optimizers'.
  const order = new Map<number, number>();
  if (!optimizers.has(0)) deepFirst(nodes, [0], network, order);
  const lists = [...optimizers].flatMap((i) => nodes[i]!.children.filter(({ name }) => NETWORK_LISTS.has(name)).map(({ node }) => node));
  deepFirst(nodes, lists, network, order);
  const ofNetwork = new Set(order.keys());
  deepFirst(nodes, [0, ...optimizers, ...slots], () => true, order);
  const out = new Map<string, GraphVariable>();
  let letters = 0;
  for (const [i, node] of nodes.entries()) {
    for (const { name, fullName, key } of node.variables) {
      if (out.has(key) || !wanted.has(key)) continue;
      const path = paths.get(i);
      letters += path?.length ?? 0;
      if (letters > MOST_LETTERS) return null;
      out.set(key, {
        fullName: fullName.replace(/:\d+$/, ""),
        path: path === undefined ? null : `${path === "" ? "" : `${path}/`}.ATTRIBUTES/${escaped(name)}`,
        optimizer: !ofNetwork.has(i),
        order: order.get(i) ?? nodes.length + i,
      });
    }
  }
  return out;
}

/** Breadth first, children in order, as TensorFlow makes its keys; a path is made when its node is asked for. */
function shortestPaths(nodes: readonly ObjectNode[], enter: (edge: Edge) => boolean, optimizers: ReadonlySet<number>): { get(node: number): string | undefined } {
  const from = new Map<number, { parent: number; name: string; length: number }>();
  if (!optimizers.has(0)) from.set(0, { parent: -1, name: "", length: 0 });
  // A map hands out what is added to it while it is walked.
  for (const [i, { length }] of from) {
    for (const edge of nodes[i]!.children) {
      if (!from.has(edge.node) && length < MOST_PATH && enter(edge)) from.set(edge.node, { parent: i, name: edge.name, length: length + edge.name.length + 1 });
    }
  }
  return {
    get(node) {
      if (!from.has(node)) return undefined;
      const names: string[] = [];
      for (let at = node; at > 0; ) {
        const step = from.get(at)!;
        names.push(escaped(step.name));
        at = step.parent;
      }
      return names.reverse().join("/");
    },
  };
}

/** Numbers the nodes below `roots` in the order of a walk, each once; `roots` themselves are entered whatever they are. */
function deepFirst(nodes: readonly ObjectNode[], roots: readonly number[], enter: (edge: Edge) => boolean, order: Map<number, number>): void {
  const stack = [...roots].reverse();
  const entered = new Set<number>();
  while (stack.length > 0) {
    const i = stack.pop()!;
    if (order.has(i) || entered.has(i)) continue;
    entered.add(i);
    order.set(i, order.size);
    const { children } = nodes[i]!;
    for (let k = children.length - 1; k >= 0; k--) {
      const edge = children[k]!;
      if (!order.has(edge.node) && enter(edge)) stack.push(edge.node);
    }
  }
}

/** _escape_local_name in tensorflow/python/checkpoint/trackable_view.py. */
function escaped(name: string): string {
  return name.replaceAll(".", "..").replaceAll("/", ".S");
}

function parse(bytes: Uint8Array): ObjectNode[] | null {
  const r = new WireReader();
  r.over(bytes);
  const decoder = new TextDecoder();
  const text = (m: WireReader): string => {
    const value = decoder.decode(m.bytes.subarray(m.pos, m.end));
    m.pos = m.end;
    return value;
  };
  const nodes: ObjectNode[] = [];
  let edges = 0;
  /** A message's fields, as numbers or texts. */
  const fields = (m: WireReader): Map<number, number | string> => {
    const out = new Map<number, number | string>();
    while (m.pos < m.end) {
      const tag = m.varint();
      if ((tag & 7) === WIRE.varint) out.set(tag >>> 3, m.varint());
      else if ((tag & 7) === WIRE.bytes) out.set(tag >>> 3, within(m, text));
      else m.skip(tag & 7);
    }
    return out;
  };
  const number = (of: ReadonlyMap<number, number | string>, field: number): number => {
    const value = of.get(field) ?? 0;
    return typeof value === "number" ? value : -1;
  };
  const string = (of: ReadonlyMap<number, number | string>, field: number): string => {
    const value = of.get(field) ?? "";
    return typeof value === "string" ? value : "";
  };
  const readNode = (m: WireReader): ObjectNode => {
    const node: ObjectNode = { children: [], variables: [], slots: [] };
    while (m.pos < m.end && edges <= MOST_EDGES) {
      const tag = m.varint();
      if (tag === 10) {
        const child = within(m, fields);
        node.children.push({ node: number(child, 1), name: string(child, 2) });
      } else if (tag === 18) {
        const variable = within(m, fields);
        node.variables.push({ name: string(variable, 1), fullName: string(variable, 2), key: string(variable, 3) });
      } else if (tag === 26) node.slots.push(number(within(m, fields), 3));
      else m.skip(tag & 7);
      edges++;
    }
    return node;
  };
  while (r.pos < r.end && nodes.length <= MOST_NODES && edges <= MOST_EDGES) {
    const tag = r.varint();
    if (tag === 10) nodes.push(within(r, readNode));
    else r.skip(tag & 7);
  }
  const points = (node: number): boolean => node >= 0 && node < nodes.length;
  const sound = nodes.every((node) => node.children.every((child) => points(child.node)) && node.slots.every(points));
  return r.bad || !sound || nodes.length > MOST_NODES || edges > MOST_EDGES ? null : nodes;
}
