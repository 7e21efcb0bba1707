package io.durablechat.tests;

import java.nio.file.Path;

/** Where the project's files are; the build says so. */
final class ProjectFiles {
  private ProjectFiles() {}

  static Path root() {
    return Path.of(System.getProperty("chat.project")).normalize();
  }

  static Path frontend() {
    return root().resolve("frontend");
  }

  static Path runnableJar() {
    return root().resolve("chat-cli/target/chat-cli.jar");
  }

  static Path executable() {
    return root().resolve("chat-cli/target/chat-cli");
  }
}
