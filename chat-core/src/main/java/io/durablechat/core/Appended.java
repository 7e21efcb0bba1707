package io.durablechat.core;

/** What became of one submission of a batch. */
public sealed interface Appended {
  /** It was kept. */
  record Stored(Message message) implements Appended {}

  /** It had been kept before, under this sequence. Nothing was added. */
  record Duplicate(long sequence) implements Appended {}

  /** Its author has used its id for another draft. Nothing was added. */
  record Conflict() implements Appended {}

  /** It would delete a message that is not there, or not any more. Nothing was added. */
  record Missing() implements Appended {}
}
