package io.durablechat.sqlite;

import io.durablechat.core.Entry;
import io.durablechat.core.Newest;
import io.durablechat.core.Range;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads a room's records within one state of the file. Which records is found out by keys and
 * lengths first, so that no body is read that is not wanted; over long stretches that say nothing
 * it steps by {@code quiet}. Used by one thread at a time.
 */
final class RoomReads {
  /** Keys between two, of messages that are there or, if so asked, of all records. */
  private static final String WITHIN =
      " WHERE key > ? AND key < ? AND (? OR kind IN (" + KindCodes.said() + "))";

  /** Shorter runs are read through: that takes less than looking for them. */
  private static final String LONG_QUIET =
      "SELECT last, before FROM quiet INDEXED BY quiet_long WHERE last - before >= 32";

  private final PreparedStatement forwards;
  private final PreparedStatement backwards;
  private final PreparedStatement skip;
  private final PreparedStatement quietAbove;
  private final PreparedStatement quietBelow;
  private final PreparedStatement previous;
  private final PreparedStatement rows;

  RoomReads(Connection connection) throws SQLException {
    forwards =
        connection.prepareStatement(
            "SELECT key, length(body) FROM message" + WITHIN + " ORDER BY key LIMIT ?");
    backwards =
        connection.prepareStatement(
            "SELECT key, length(body) FROM message" + WITHIN + " ORDER BY key DESC LIMIT ?");
    skip =
        connection.prepareStatement(
            "SELECT count(*), min(key) FROM (SELECT key FROM message"
                + WITHIN
                + " ORDER BY key DESC LIMIT ?)");
    quietAbove = connection.prepareStatement(LONG_QUIET + " AND last >= ? ORDER BY last LIMIT 1");
    quietBelow =
        connection.prepareStatement(LONG_QUIET + " AND last < ? ORDER BY last DESC LIMIT 1");
    previous = connection.prepareStatement("SELECT prev FROM message WHERE key = ?");
    rows = connection.prepareStatement(MessageRows.SELECT + WITHIN + " ORDER BY key");
  }

  /** Keys between these two, neither included. */
  private record Span(long from, long to) {
    boolean isEmpty() {
      return to - from <= 1;
    }
  }

  /** What was read, and whether there is more of it. */
  record Read(List<Entry> entries, boolean hasMore) {}

  /**
   * Where the newest so many begin.
   *
   * @param position the sequence of the record before them; empty if there are fewer
   */
  record Located(OptionalLong position, OptionalLong first) {}

  Read after(Bounds room, Range range) throws SQLException {
    Pick pick = new Pick(range);
    long at = Math.max(room.start(), MessageKey.bound(room.id(), range.sequence()));
    while (!pick.hasMore && at < room.end() - 1) {
      Span quiet = range.onlyMessages() ? quietAbove(at + 1, room) : room.beyond();
      if (quiet.from() > at) {
        pick.take(forwards, new Span(at, Math.min(quiet.from() + 1, room.end())));
      }
      at = quiet.to() - 1;
    }
    return pick.read();
  }

  Read before(Bounds room, long end, Range range) throws SQLException {
    Pick pick = new Pick(range);
    long at = range.onlyMessages() ? aboveQuiet(end, room) : end;
    while (!pick.hasMore && at > room.start() + 1) {
      Span quiet = range.onlyMessages() ? quietBelow(at, room) : room.beforeAll();
      pick.take(backwards, new Span(quiet.to() - 1, at));
      at = quiet.from() + 1;
    }
    Collections.reverse(pick.spans);
    return pick.read();
  }

  Located locate(Bounds room, long end, Newest newest) throws SQLException {
    long at = newest.ofMessages() ? aboveQuiet(end, room) : end;
    OptionalLong first = OptionalLong.empty();
    int left = newest.count();
    while (left > 0 && at > room.start() + 1) {
      Span quiet = newest.ofMessages() ? quietBelow(at, room) : room.beforeAll();
      Span said = new Span(quiet.to() - 1, at);
      set(skip, said, newest.ofMessages());
      skip.setInt(4, left);
      try (ResultSet row = skip.executeQuery()) {
        row.next();
        left -= row.getInt(1);
        first = row.getInt(1) > 0 ? OptionalLong.of(row.getLong(2)) : first;
      }
      at = quiet.from() + 1;
    }
    return new Located(
        left > 0 || first.isEmpty() ? OptionalLong.empty() : previous(first.getAsLong()),
        first.isEmpty() ? first : OptionalLong.of(MessageKey.sequence(first.getAsLong())));
  }

  private static void set(PreparedStatement query, Span span, boolean onlyMessages)
      throws SQLException {
    query.setLong(1, span.from());
    query.setLong(2, span.to());
    query.setBoolean(3, !onlyMessages);
  }

  private OptionalLong previous(long key) throws SQLException {
    previous.setLong(1, key);
    try (ResultSet row = previous.executeQuery()) {
      row.next();
      return OptionalLong.of(row.getLong(1));
    }
  }

  /** The next run that ends at this key or above it; beyond the room if it has none. */
  private Span quietAbove(long key, Bounds room) throws SQLException {
    quietAbove.setLong(1, key);
    return quiet(quietAbove, room, room.beyond());
  }

  private Span quietBelow(long key, Bounds room) throws SQLException {
    quietBelow.setLong(1, key);
    return quiet(quietBelow, room, room.beforeAll());
  }

  private static Span quiet(PreparedStatement query, Bounds room, Span none) throws SQLException {
    try (ResultSet row = query.executeQuery()) {
      if (!row.next() || row.getLong(1) <= room.start() || row.getLong(1) >= room.end()) {
        return none;
      }
      return new Span(row.getLong(2), row.getLong(1) + 1);
    }
  }

  /** This end, or where the run begins that it lies in or just behind. */
  private long aboveQuiet(long end, Bounds room) throws SQLException {
    return Math.min(end, quietAbove(end, room).from() + 1);
  }

  /**
   * Where a room's records lie: after {@code start} and before {@code end}.
   *
   * @param start the key of what retention has removed last
   */
  record Bounds(long id, long start, long end) {
    private Span beyond() {
      return new Span(end, end + 1);
    }

    private Span beforeAll() {
      return new Span(start, start + 1);
    }
  }

  /** Gathers keys until a page is full. */
  private final class Pick {
    private final Range range;
    private final List<Span> spans = new ArrayList<>();
    private int count;
    private long bytes;
    private boolean hasMore;

    private Pick(Range range) {
      this.range = range;
    }

    private void take(PreparedStatement query, Span span) throws SQLException {
      if (span.isEmpty()) {
        return;
      }
      set(query, span, range.onlyMessages());
      // One more says whether there is one.
      query.setInt(4, range.messages() - count + 1);
      long lowest = Long.MAX_VALUE;
      long highest = 0;
      try (ResultSet row = query.executeQuery()) {
        while (!hasMore && row.next()) {
          bytes += row.getLong(2);
          hasMore = count == range.messages() || (count > 0 && bytes > range.bytes());
          if (!hasMore) {
            count++;
            lowest = Math.min(lowest, row.getLong(1));
            highest = Math.max(highest, row.getLong(1));
          }
        }
      }
      if (highest > 0) {
        spans.add(new Span(lowest - 1, highest + 1));
      }
    }

    private Read read() throws SQLException {
      List<Entry> entries = new ArrayList<>(count);
      for (Span span : spans) {
        set(rows, span, range.onlyMessages());
        try (ResultSet row = rows.executeQuery()) {
          while (row.next()) {
            entries.add(MessageRows.entry(row));
          }
        }
      }
      return new Read(entries, hasMore);
    }
  }
}
