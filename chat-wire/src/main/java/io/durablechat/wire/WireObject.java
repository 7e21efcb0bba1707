package io.durablechat.wire;

/** An object of the protocol, which is written as one line of JSON. */
public interface WireObject {
  /** Appends this as JSON, without a line feed. */
  void writeTo(StringBuilder text);

  /** Returns this as JSON, without a line feed. */
  default String toJson() {
    StringBuilder text = new StringBuilder();
    writeTo(text);
    return text.toString();
  }
}
