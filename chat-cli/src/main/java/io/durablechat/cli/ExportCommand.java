package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.RoomName;
import io.durablechat.sqlite.LogFile;
import io.durablechat.sqlite.StoredMessage;
import io.durablechat.sqlite.StoredRoom;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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
      if (to.isEmpty()) {
        // Not System.out, which swallows what goes wrong, such as a full disk.
        write(file, stored, new FileOutputStream(FileDescriptor.out), Optional.empty());
      } else {
        writeFile(file, stored, to.get());
      }
    }
    return ExitCode.OK;
  }

  /** Under its own name only once it is whole: a part of a room is of no use. */
  private static void writeFile(LogFile file, StoredRoom stored, Path to) throws IOException {
    if (Files.exists(to)) {
      throw new IOException(to + " exists already: nothing was overwritten");
    }
    Path folder = to.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(to.toString());
    }
    Path part = Files.createTempFile(folder, ".chat-export", ".part");
    part.toFile().deleteOnExit();
    try (Progress progress = Progress.of("Writing", stored.records())) {
      write(file, stored, Files.newOutputStream(part), Optional.of(progress));
      // A link, which never replaces what came to be there meanwhile.
      Files.createLink(to, part);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(to + " exists already: nothing was overwritten", e);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static IOException failure(IOException e) {
    return new IOException(
        "cannot write the export: " + StandardStreams.reason("standard output", e), e);
  }

  private static void write(
      LogFile file, StoredRoom stored, OutputStream to, Optional<Progress> progress)
      throws IOException {
    long[] messages = {0};
    try (Writer out = new BufferedWriter(new OutputStreamWriter(to, UTF_8))) {
      out.write(RoomLines.line(stored) + "\n");
      file.forEach(
          stored.name(),
          each -> {
            try {
              out.write(RoomLines.line(each) + "\n");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            messages[0] += each instanceof StoredMessage ? 1 : 0;
            progress.ifPresent(p -> p.at(messages[0]));
          });
    } catch (IOException e) {
      throw failure(e);
    } catch (UncheckedIOException e) {
      throw failure(e.getCause());
    }
    if (messages[0] != stored.records()) {
      throw new IOException(
          "the room has %d messages, and %d could be read: see chat-cli verify"
              .formatted(stored.records(), messages[0]));
    }
  }
}
