package io.durablechat.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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

  private static void make(Path key) throws IOException {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    // For nobody else to read, which is how such files are made. Whole or not at all: half a key
    // would have to be deleted before the server starts again.
    Path half = Files.createTempFile(key.getParent(), FILE_NAME, ".tmp");
    try {
      try (FileChannel file = FileChannel.open(half, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.wrap(secret));
        file.force(true);
      }
      Files.move(half, key, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(half);
    }
  }
}
