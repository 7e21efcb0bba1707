package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.Durability;
import io.durablechat.core.RoomName;
import io.durablechat.sqlite.SqliteMessageLog;
import io.durablechat.sqlite.StoredRecord;
import io.durablechat.sqlite.StoredRoom;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts a room back. */
@Command(
    name = "import",
    description =
        "Puts an exported room back as it was, numbers and remembered ids included, into an empty room:"
            + " whole or not at all. No server may be using the folder.",
    mixinStandardHelpOptions = true,
    versionProvider = ChatCli.Version.class,
    sortOptions = false)
final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      converter = RoomConverter.class,
      description = "Room to put it into. Default: the one that was exported.")
  private Optional<RoomName> room;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "File to read. Default: standard input.")
  private Optional<Path> from;

  ImportCommand() {}

  @Override
  public Integer call() throws IOException {
    StoredRoom stored;
    try (BufferedReader in = reader()) {
      stored = read(in);
    } catch (CharacterCodingException e) {
      throw new IOException("cannot read the export: it must be UTF-8: nothing was imported", e);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("cannot read the export: " + e.getMessage(), e);
    }
    spec.commandLine()
        .getOut()
        .printf("room %s: %d messages%n", stored.name().value(), stored.records());
    return ExitCode.OK;
  }

  private StoredRoom read(BufferedReader in) throws IOException {
    AtomicLong line = new AtomicLong(1);
    try {
      String first = in.readLine();
      StoredRoom stored = named(RoomLines.room(first == null ? "" : first));
      read(stored, in.lines(), line);
      return stored;
    } catch (IllegalArgumentException e) {
      // Of the first line what is wrong may be not in it, but with where it is to go.
      String where = line.get() > 1 ? "line " + line + ": " : "";
      throw new IllegalArgumentException(where + e.getMessage() + ": nothing was imported", e);
    } catch (RoomLines.BadLineException e) {
      throw new IllegalArgumentException(
          "line " + line + ": " + e.getMessage() + ": nothing was imported", e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private BufferedReader reader() throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            from.isPresent() ? Files.newInputStream(from.get()) : System.in,
            UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  private StoredRoom named(StoredRoom read) {
    return new StoredRoom(
        room.orElse(read.name()),
        read.trimmedThrough(),
        read.last(),
        read.lastAt(),
        read.records());
  }

  private void read(StoredRoom stored, Stream<String> lines, AtomicLong line) {
    try (SqliteMessageLog log =
            SqliteMessageLog.open(
                data.folder(),
                Durability.COMMIT,
                InstantSource.system(),
                SqliteMessageLog.DEFAULT_RETRY_WINDOW);
        Progress progress = Progress.of("Reading", stored.records())) {
      Iterator<StoredRecord> records =
          lines
              .map(
                  text -> {
                    progress.at(line.incrementAndGet() - 1);
                    return RoomLines.record(text);
                  })
              .iterator();
      log.importRoom(stored, records);
    }
  }
}
