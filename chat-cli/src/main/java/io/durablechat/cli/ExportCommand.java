package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.RoomName;
import io.durablechat.sqlite.LogFile;
import io.durablechat.sqlite.StoredRoom;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes a room out. */
@Command(
    name = "export",
    description =
        "Writes a room as JSON lines, with all that import needs to put it back as it was. May run"
            + " beside a server.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  @Mixin private DataOption data;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      required = true,
      converter = RoomConverter.class,
      description = "Room to write.")
  private RoomName room;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "File to write; it must not exist. Default: standard output.")
  private Optional<Path> to;

  ExportCommand() {}

  @Override
  public Integer call() throws IOException {
    try (LogFile file = LogFile.open(data.folder())) {
      StoredRoom stored =
          file.room(room)
              .orElseThrow(() -> new IOException("there is no room " + room.value() + " in it"));
      try (Writer out = writer();
          Progress progress = Progress.of("Writing", to.isPresent() ? stored.records() : 0)) {
        write(file, stored, out, progress);
      } catch (UncheckedIOException e) {
        throw new IOException("cannot write the export: " + e.getCause().getMessage(), e);
      }
    }
    return ExitCode.OK;
  }

  private Writer writer() throws IOException {
    try {
      return to.isPresent()
          ? Files.newBufferedWriter(
              to.get(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
          : new BufferedWriter(new OutputStreamWriter(System.out, UTF_8));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(to.get() + " exists already: nothing was overwritten", e);
    }
  }

  private static void write(LogFile file, StoredRoom stored, Writer out, Progress progress)
      throws IOException {
    out.write(RoomLines.line(stored) + "\n");
    long[] written = {0};
    file.forEach(
        stored.name(),
        message -> {
          try {
            out.write(RoomLines.line(message) + "\n");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          progress.at(++written[0]);
        });
  }
}
