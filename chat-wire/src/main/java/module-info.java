/** The protocol {@code chat.v1} as values that are read from JSON and written as JSON. */
module io.durablechat.wire {
  requires com.google.gson;

  exports io.durablechat.wire;
}
