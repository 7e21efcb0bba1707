package io.durablechat.tests;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The cycles of a graph, as sets of what leads to itself through each other (Tarjan). */
final class Cycles {
  private final Map<String, Set<String>> graph;
  private final Map<String, Integer> index = new HashMap<>();
  private final Map<String, Integer> low = new HashMap<>();
  private final Deque<String> path = new ArrayDeque<>();
  private final List<Set<String>> found = new ArrayList<>();

  private Cycles(Map<String, Set<String>> graph) {
    this.graph = new TreeMap<>(graph);
  }

  /** Returns the strongly connected components of more than one node. */
  static List<Set<String>> in(Map<String, Set<String>> graph) {
    Cycles cycles = new Cycles(graph);
    for (String node : cycles.graph.keySet()) {
      if (!cycles.index.containsKey(node)) {
        cycles.visit(node);
      }
    }
    return cycles.found;
  }

  private void visit(String node) {
    index.put(node, index.size());
    low.put(node, index.get(node));
    path.push(node);
    for (String next : graph.getOrDefault(node, Set.of())) {
      if (!index.containsKey(next)) {
        visit(next);
        low.merge(node, low.get(next), Math::min);
      } else if (path.contains(next)) {
        low.merge(node, index.get(next), Math::min);
      }
    }
    if (low.get(node).equals(index.get(node))) {
      takeComponent(node);
    }
  }

  private void takeComponent(String root) {
    Set<String> component = new TreeSet<>();
    String node;
    do {
      node = path.pop();
      component.add(node);
    } while (!node.equals(root));
    if (component.size() > 1) {
      found.add(component);
    }
  }
}
