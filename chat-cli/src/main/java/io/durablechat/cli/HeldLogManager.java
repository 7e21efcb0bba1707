package io.durablechat.cli;

import java.util.logging.LogManager;

/**
 * A log manager that waits with its end. The JDK's resets all logging in a shutdown hook of its
 * own, beside ours: what a server says while it stops would be lost now and then.
 */
public final class HeldLogManager extends LogManager {
  private static volatile boolean held;

  /** Made by the JDK, which is told this class's name. */
  public HeldLogManager() {}

  /** From now on logging goes on until {@link #release()}, whatever ends. */
  static void hold() {
    held = true;
  }

  /** Logging ends. */
  static void release() {
    held = false;
    LogManager.getLogManager().reset();
  }

  @Override
  public void reset() {
    if (!held) {
      super.reset();
    }
  }
}
