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
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts rooms back. */
@Command(
    name = "import",
    description =
        "Puts exported rooms back as they were, numbers and remembered ids included, into empty"
            + " rooms: each whole or not at all. No server may be using the folder.",
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
      description = "Room to put a single one into. Default: the one that was exported.")
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

  /** How many rooms have been put back. */
  private int imported;

  ImportCommand() {}

  @Override
  public Integer call() throws IOException {
    try {
      read();
    } catch (CharacterCodingException e) {
      throw new IOException("cannot read the export: it must be UTF-8: " + whatWas(), e);
    } catch (FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "cannot read the export: " + StandardStreams.reason("standard input", e), e);
    }
    return ExitCode.OK;
  }

  private String whatWas() {
    return switch (imported) {
      case 0 -> "nothing was imported";
      case 1 -> "the room before it was imported, and nothing else";
      default -> "the " + imported + " rooms before it were imported, and nothing else";
    };
  }

  private void read() throws IOException {
    if (from.isEmpty()) {
      // Not closed: Java puts something else in its place, which may be a file of its own.
      read(lines(StandardStreams.in()));
      return;
    }
    try (InputStream in = Files.newInputStream(from.get())) {
      read(lines(in));
    }
  }

  private void read(ExportLines lines) throws IOException {
    try {
      read(new LinesOfRoom(lines), lines);
    } catch (IllegalArgumentException e) {
      // Of the first line what is wrong may be not in it, but with where it is to go.
      String where = lines.number() > 1 ? "line " + lines.number() + ": " : "";
      throw new IllegalArgumentException(where + e.getMessage() + ": " + whatWas(), e);
    } catch (RoomLines.BadLineException e) {
      throw new IllegalArgumentException(
          "line " + Math.max(1, lines.number()) + ": " + e.getMessage() + ": " + whatWas(), e);
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

  private void read(LinesOfRoom lines, ExportLines all) {
    StoredRoom first = named(RoomLines.room(lines.nextRoom().orElse("")));
    ImportRules rules = new ImportRules(maxMessage, takesRulings);
    rules.check(first);
    try (SqliteMessageLog log =
            SqliteMessageLog.open(
                data.folder(),
                Durability.COMMIT,
                InstantSource.system(),
                SqliteMessageLog.DEFAULT_RETRY_WINDOW);
        Progress progress = Progress.of("Reading", first.records())) {
      Optional<StoredRoom> next = Optional.of(first);
      while (next.isPresent()) {
        rules.check(next.get());
        read(next.get(), lines, rules, log, () -> progress.at(all.number() - 1));
        next = lines.nextRoom().map(RoomLines::room);
        if (next.isPresent() && room.isPresent()) {
          throw new IllegalArgumentException("--room is for one room, and another begins here");
        }
      }
    }
  }

  private void read(
      StoredRoom stored,
      LinesOfRoom lines,
      ImportRules rules,
      SqliteMessageLog log,
      Runnable onLine) {
    Iterator<StoredRecord> records =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return lines.hasNext();
          }

          @Override
          public StoredRecord next() {
            String text = lines.next();
            onLine.run();
            return rules.checked(RoomLines.record(text));
          }
        };
    log.importRoom(stored, records);
    imported++;
    spec.commandLine()
        .getOut()
        .printf(
            Locale.ROOT,
            ImportRules.holdsRulings(stored)
                ? "room %s: %d rulings, which hold from the next start%n"
                : "room %s: %d messages%n",
            stored.name().value(),
            stored.records());
  }
}
