package io.durablechat.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.Durability;
import io.durablechat.core.RoomName;
import io.durablechat.sqlite.SqliteMessageLog;
import io.durablechat.sqlite.StoredRecord;
import io.durablechat.sqlite.StoredRoom;
import java.io.IOException;
import java.io.InputStream;
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

  @Option(
      names = "--max-message",
      paramLabel = "SIZE",
      defaultValue = "1M",
      converter = ByteSize.class,
      description = "Largest message that is taken, as with serve. Default: ${DEFAULT-VALUE}.")
  private int maxMessage;

  @Option(
      names = "--rulings",
      description =
          "Take what moderators decided, which is in a room of its own; it holds from the next start"
              + " of the server.")
  private boolean takesRulings;

  ImportCommand() {}

  @Override
  public Integer call() throws IOException {
    StoredRoom stored;
    try {
      stored = read();
    } catch (CharacterCodingException e) {
      throw new IOException("cannot read the export: it must be UTF-8: nothing was imported", e);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "cannot read the export: " + StandardStreams.reason("standard input", e), e);
    }
    spec.commandLine()
        .getOut()
        .printf(
            ImportRules.holdsRulings(stored)
                ? "room %s: %d rulings, which hold from the next start%n"
                : "room %s: %d messages%n",
            stored.name().value(),
            stored.records());
    return ExitCode.OK;
  }

  private StoredRoom read() throws IOException {
    if (from.isEmpty()) {
      // Not closed: Java puts something else in its place, which may be a file of its own.
      return read(lines(StandardStreams.in()));
    }
    try (InputStream in = Files.newInputStream(from.get())) {
      return read(lines(in));
    }
  }

  private StoredRoom read(ExportLines lines) throws IOException {
    try {
      StoredRoom stored = named(RoomLines.room(lines.hasNext() ? lines.next() : ""));
      ImportRules rules = new ImportRules(maxMessage, takesRulings);
      rules.check(stored);
      read(stored, lines, rules);
      return stored;
    } catch (IllegalArgumentException e) {
      // Of the first line what is wrong may be not in it, but with where it is to go.
      String where = lines.number() > 1 ? "line " + lines.number() + ": " : "";
      throw new IllegalArgumentException(where + e.getMessage() + ": nothing was imported", e);
    } catch (RoomLines.BadLineException e) {
      throw new IllegalArgumentException(
          "line " + Math.max(1, lines.number()) + ": " + e.getMessage() + ": nothing was imported",
          e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private ExportLines lines(InputStream in) {
    return new ExportLines(
        new InputStreamReader(
            in,
            UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)),
        maxMessage);
  }

  private StoredRoom named(StoredRoom read) {
    return new StoredRoom(
        room.orElse(read.name()),
        read.trimmedThrough(),
        read.last(),
        read.lastAt(),
        read.records());
  }

  private void read(StoredRoom stored, ExportLines lines, ImportRules rules) {
    try (SqliteMessageLog log =
            SqliteMessageLog.open(
                data.folder(),
                Durability.COMMIT,
                InstantSource.system(),
                SqliteMessageLog.DEFAULT_RETRY_WINDOW);
        Progress progress = Progress.of("Reading", stored.records())) {
      log.importRoom(
          stored,
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return lines.hasNext();
            }

            @Override
            public StoredRecord next() {
              String line = lines.next();
              progress.at(lines.number() - 1);
              return rules.checked(RoomLines.record(line));
            }
          });
    }
  }
}
