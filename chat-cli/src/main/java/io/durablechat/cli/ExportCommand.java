package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.RoomName;
import io.durablechat.sqlite.LogFile;
import io.durablechat.sqlite.StoredEntry;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a room out, or all of them. */
@Command(
    name = "export",
    description =
        "Writes a room as JSON lines, or all rooms one after another, with all that import needs to"
            + " put them back as they were. May run beside a server.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      converter = RoomConverter.class,
      description = "Room to write.")
  private Optional<RoomName> room;

  @Option(names = "--all-rooms", description = "Write all rooms, with what moderators decided.")
  private boolean all;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description = "File to write; it must not exist. Default: standard output.")
  private Optional<Path> to;

  ExportCommand() {}

  @Override
  public Integer call() throws IOException {
    if (all == room.isPresent()) {
      throw new ParameterException(
          spec.commandLine(), "export takes either --room ROOM or --all-rooms");
    }
    try (LogFile file = LogFile.open(data.folder())) {
      if (all) {
        write(file.records(), file::forEachRoom, file);
      } else {
        StoredRoom stored = stored(file, room.orElseThrow());
        write(stored.records(), each -> each.accept(stored), file);
      }
    }
    return ExitCode.OK;
  }

  private static StoredRoom stored(LogFile file, RoomName room) throws IOException {
    return file.room(room)
        .orElseThrow(() -> new IOException("there is no room " + room.value() + " in it"));
  }

  /** Hands over each of the rooms that are to be written. */
  private interface Rooms {
    void forEach(Consumer<StoredRoom> each);
  }

  private void write(long messages, Rooms rooms, LogFile file) throws IOException {
    if (to.isEmpty()) {
      // Not System.out, which swallows what goes wrong, such as a full disk.
      write(file, rooms, new FileOutputStream(FileDescriptor.out), Optional.empty());
    } else {
      writeFile(file, rooms, messages, to.get());
    }
  }

  /** Under its own name only once it is whole: a part of a room is of no use. */
  private static void writeFile(LogFile file, Rooms rooms, long messages, Path to)
      throws IOException {
    if (Files.exists(to)) {
      throw new IOException(to + " exists already: nothing was overwritten");
    }
    Path folder = to.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(to.toString());
    }
    Path part = Files.createTempFile(folder, ".chat-export", ".part");
    part.toFile().deleteOnExit();
    try (Progress progress = Progress.of("Writing", messages)) {
      write(file, rooms, Files.newOutputStream(part), Optional.of(progress));
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

  private static void write(LogFile file, Rooms rooms, OutputStream to, Optional<Progress> progress)
      throws IOException {
    long[] messages = {0};
    List<String> torn = new ArrayList<>();
    try (Writer out = new BufferedWriter(new OutputStreamWriter(to, UTF_8))) {
      rooms.forEach(
          room -> {
            long before = messages[0];
            write(out, RoomLines.line(room));
            file.forEach(
                room.name(),
                each -> {
                  write(out, RoomLines.line(each));
                  messages[0] += each instanceof StoredEntry ? 1 : 0;
                  progress.ifPresent(p -> p.at(messages[0]));
                });
            if (messages[0] - before != room.records()) {
              torn.add(
                  String.format(
                      Locale.ROOT,
                      "room %s has %d messages, and %d could be read: see chat-cli verify",
                      room.name().value(),
                      room.records(),
                      messages[0] - before));
            }
          });
    } catch (IOException e) {
      throw failure(e);
    } catch (UncheckedIOException e) {
      throw failure(e.getCause());
    }
    if (!torn.isEmpty()) {
      throw new IOException(torn.get(0));
    }
  }

  private static void write(Writer out, String line) {
    try {
      out.write(line + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
