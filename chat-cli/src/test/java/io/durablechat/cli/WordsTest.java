package io.durablechat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** What is said of what went wrong. */
final class WordsTest {
  private static final String OPTIONS = "--port and --host";

  @Test
  void anotherPortIsAdvisedWhereThePortIsWhy() {
    IOException taken = new IOException("taken", new IOException(new BindException("in use")));
    assertEquals("taken; --port and --host choose another", Words.ofListening(taken, OPTIONS));
    IOException few = new IOException("few", new SocketException("Too many open files"));
    assertEquals("few", Words.ofListening(few, OPTIONS));
  }

  @Test
  void moreFilesAreAdvisedWhereThereAreTooFew() {
    assertEquals(
        "cannot listen: Too many open files; LimitNOFILE in the unit, or ulimit -n, allows more",
        Words.withAdvice("cannot listen: Too many open files"));
    assertEquals("the disk is full", Words.withAdvice("the disk is full"));
  }
}
