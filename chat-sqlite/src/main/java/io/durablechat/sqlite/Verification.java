package io.durablechat.sqlite;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;

/** Looks whether a file holds what a log must hold. */
final class Verification {
  /** Findings after which nothing more is looked for. */
  private static final int MAX_FINDINGS = 100;

  private static final String MESSAGES =
      """
      SELECT message.key >> 36, room.name, key & 0xFFFFFFFFF, prev, at, kind, is_text, body,
             identity.id IS NULL, trimmed_through, last_seq, last_at
      FROM message
      LEFT JOIN room ON room.id = message.key >> 36
      LEFT JOIN identity ON identity.id = author
      ORDER BY message.key
      """;

  /** The last record of each room whose records were not all removed. */
  private static final String ENDS =
      """
      SELECT name, last_seq, coalesce((SELECT max(key) & 0xFFFFFFFFF FROM message
        WHERE key > room.id << 36 AND key < (room.id + 1) << 36), trimmed_through) AS found
      FROM room WHERE found <> last_seq
      """;

  /** What each room says that it holds, of rooms where that is not so. */
  private static final String HOLDINGS =
      """
      SELECT name FROM room
      WHERE said <> (SELECT count(*) FROM message
          WHERE key > room.id << 36 AND key < (room.id + 1) << 36 AND kind IN (1, 2))
        OR first_at IS NOT (SELECT at FROM message
          WHERE key > room.id << 36 AND key < (room.id + 1) << 36 ORDER BY key LIMIT 1)
      """;

  /** Ids remembered for what is not there, or is not theirs. */
  private static final String IDS =
      """
      SELECT room.name, publish_id.seq, publish_id.id FROM publish_id
      LEFT JOIN room ON room.id = publish_id.room
      LEFT JOIN message ON message.key = (publish_id.room << 36 | publish_id.seq)
      WHERE room.id IS NULL
         OR (message.key IS NULL AND publish_id.seq > trimmed_through)
         OR (message.key IS NOT NULL
             AND (message.id IS NOT publish_id.id OR message.author <> publish_id.author))
      """;

  /** Runs that the messages make and that are not noted, and the reverse; see {@link Schema}. */
  private static final String QUIET =
      String.format(
          Locale.ROOT,
          """
      WITH made AS (%s), noted AS (
        SELECT last, max(before, (last & ~0xFFFFFFFFF) | trimmed_through) AS before FROM quiet
        JOIN room ON room.id = last >> 36)
      SELECT name, last & 0xFFFFFFFFF, before & 0xFFFFFFFFF FROM (
        SELECT * FROM (SELECT * FROM made EXCEPT SELECT * FROM noted)
        UNION SELECT * FROM (SELECT * FROM noted EXCEPT SELECT * FROM made))
      LEFT JOIN room ON room.id = last >> 36
      """,
          Schema.QUIET_RUNS);

  private final Connection connection;
  private final List<String> findings = new ArrayList<>();

  // Of the message before, while going through them.
  private long room = -1;
  private long sequence;
  private long at;

  Verification(Connection connection) {
    this.connection = connection;
  }

  List<String> run(LongConsumer onProgress) {
    try {
      query(
          "PRAGMA integrity_check(20)",
          row -> {
            if (!row.getString(1).equals("ok")) {
              found(row.getString(1).replaceAll("\\s*\\R\\s*", " "));
            }
          });
      if (findings.isEmpty()) {
        checkRooms(onProgress);
      }
    } catch (SQLException e) {
      // What was found until then says where.
      found("the file is damaged: " + e.getMessage());
    }
    return findings;
  }

  private void checkRooms(LongConsumer onProgress) throws SQLException {
    long[] count = {0};
    query(
        MESSAGES,
        row -> {
          check(row);
          if (++count[0] % LogFile.REPORTED_EVERY == 0) {
            onProgress.accept(count[0]);
          }
        });
    onProgress.accept(count[0]);
    query(
        ENDS,
        row ->
            found(
                String.format(
                    Locale.ROOT,
                    "room %s: ends at sequence %d, not at %d",
                    row.getString(1),
                    row.getLong(3),
                    row.getLong(2))));
    if (Schema.roomsKnowWhatTheyHold(connection)) {
      query(
          HOLDINGS,
          row -> found("room " + row.getString(1) + ": holds something else than it says"));
    }
    query(IDS, row -> found(place(row) + " is remembered for a message that is not its own"));
    if (Schema.hasQuiet(connection)) {
      query(
          QUIET,
          row ->
              found(
                  String.format(
                      Locale.ROOT,
                      "room %s: it is noted wrongly that nothing is said from %d to %d",
                      row.getString(1),
                      row.getLong(3) + 1,
                      row.getLong(2))));
    }
  }

  private static String place(ResultSet row) throws SQLException {
    return String.format(
        Locale.ROOT,
        "room %s, sequence %d: id %s",
        row.getString(1),
        row.getLong(2),
        row.getString(3));
  }

  private void check(ResultSet row) throws SQLException {
    String name = row.getString(2);
    String place = String.format(Locale.ROOT, "room %s, sequence %d: ", name, row.getLong(3));
    if (name == null) {
      found("a message of room number " + row.getLong(1) + ", which there is not");
      return;
    }
    if (row.getLong(1) != room) {
      room = row.getLong(1);
      sequence = row.getLong(10);
      at = 0;
    }
    if (row.getLong(3) <= sequence) {
      found(place + "was removed, or is there twice");
    } else if (row.getLong(4) != sequence) {
      found(place + "names " + row.getLong(4) + " as the one before, which is " + sequence);
    }
    if (row.getLong(5) < at || row.getLong(5) > row.getLong(12)) {
      found(place + "was kept earlier than the one before, or later than the room's last");
    }
    if (row.getInt(9) == 1) {
      found(place + "has no author");
    }
    checkContent(row, place);
    sequence = row.getLong(3);
    at = row.getLong(5);
  }

  private void checkContent(ResultSet row, String place) throws SQLException {
    if (!KindCodes.isKnown(row.getInt(6))) {
      found(place + "is of no known kind: " + row.getInt(6));
    }
    if (row.getInt(7) == 1) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(row.getBytes(8)));
      } catch (CharacterCodingException e) {
        found(place + "is a text that is not UTF-8");
      }
    }
  }

  private void found(String finding) {
    findings.add(finding);
  }

  private interface Row {
    void accept(ResultSet row) throws SQLException;
  }

  private void query(String sql, Row each) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (findings.size() < MAX_FINDINGS && row.next()) {
        each.accept(row);
      }
    }
  }
}
