package io.durablechat.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    if (Files.getFileStore(file.getParent()).supportsFileAttributeView("posix")) {
      // For nobody else to read, from the first moment on.
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.write(file, key);
  }
}
