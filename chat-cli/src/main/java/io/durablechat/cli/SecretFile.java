package io.durablechat.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;

/**
 * The secret by which addresses are hashed for bans, and invites are signed, in a file of its own
 * beside the messages: a copy of those alone gives neither away.
 */
final class SecretFile {
  static final String FILE_NAME = "server.key";

  private static final int BYTES = 32;

  private SecretFile() {}

  /**
   * The key in this folder; a new one if there is none.
   *
   * @throws IOException if it cannot be read or written, or is damaged
   */
  static byte[] in(Path folder) throws IOException {
    Path file = folder.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      make(file);
    }
    byte[] key = Files.readAllBytes(file);
    if (key.length < BYTES) {
      throw new IOException(
          file + " is damaged: delete it, and bans by address and invites made with it are void");
    }
    return key;
  }

  private static void make(Path file) throws IOException {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    // For nobody else to read, which is how such files are made. Whole or not at all: half a key
    // would have to be deleted before the server starts again.
    Path half = Files.createTempFile(file.getParent(), FILE_NAME, ".tmp");
    try {
      Files.write(half, key);
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(half);
    }
  }
}
