package io.durablechat.core;

/** What has happened to a message before anybody is told of it. */
public enum Durability {
  /** It is on stable storage: it survives the loss of power. */
  COMMIT,
  /** It is written, and on stable storage within about a second. */
  RELAXED,
  /** It is in this process's memory: it survives nothing but the sender's disconnecting. */
  MEMORY
}
