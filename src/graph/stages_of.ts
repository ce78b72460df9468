// The stages of a graph, by which a job finishes first what it has begun. Called when a flow begins to run.

import { type Graph, parseReference } from "./graph.ts";

/**
 * Returns the stage of each routine: the length of the longest way to it, in steps from one routine to the next. The
 * routines of a cycle are of one stage.
 *
 * @param graph A valid graph.
 * @returns The stages, by id; `undefined` if all routines are of one.
 */
export function stagesOf({ nodes, connections }: Graph): Map<string, number> | undefined {
  const next = new Map(nodes.map(({ id }): [string, Set<string>] => [id, new Set()]));
  for (const { from, to } of connections) {
    next.get(parseReference(from).routineId)?.add(parseReference(to).routineId);
  }
  const components = componentsOf(next);
  const stages = new Map<string, number>();
  // A component comes after all that it leads to, so in reverse, each is left before it is entered.
  for (const component of components.toReversed()) {
    const stage = Math.max(...component.map((id) => stages.get(id) ?? 0));
    const own = new Set(component);
    for (const id of component) {
      stages.set(id, stage);
      for (const after of next.get(id) ?? []) {
        if (!own.has(after)) stages.set(after, Math.max(stages.get(after) ?? 0, stage + 1));
      }
    }
  }
  return new Set(stages.values()).size > 1 ? stages : undefined;
}

/**
 * Returns the strongly connected components of a graph, each after those that it leads to: Tarjan's algorithm, without
 * recursion, as a chain of routines may be long.
 */
function componentsOf(next: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const components: string[][] = [];
  const visits = new Map<string, Visit>();
  const open: Visit[] = [];
  for (const root of next.keys()) {
    const path: Visit[] = visits.has(root) ? [] : [visit(root)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const step = top.rest.next();
      if (step.done) {
        path.pop();
        const before = path.at(-1);
        if (before !== undefined) before.low = Math.min(before.low, top.low);
        if (top.low === top.number) close(top);
        continue;
      }
      const known = visits.get(step.value);
      if (known === undefined) path.push(visit(step.value));
      else if (known.isOpen) top.low = Math.min(top.low, known.number);
    }
  }
  return components;

  function visit(id: string): Visit {
    const number = visits.size;
    const rest = (next.get(id) ?? new Set()).values();
    const made: Visit = { id, number, low: number, rest, isOpen: true };
    visits.set(id, made);
    open.push(made);
    return made;
  }

  function close(root: Visit): void {
    const component = open.splice(open.indexOf(root));
    for (const one of component) one.isOpen = false;
    components.push(component.map(({ id }) => id));
  }
}

interface Visit {
  readonly id: string;
  /** The number of the visit. */
  readonly number: number;
  /** The lowest number of an open visit that it leads to. */
  low: number;
  readonly rest: Iterator<string, undefined>;
  /** `true` while its component is not complete. */
  isOpen: boolean;
}
