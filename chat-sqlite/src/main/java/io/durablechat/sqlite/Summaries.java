package io.durablechat.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.durablechat.core.RoomName;
import io.durablechat.core.Summary;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** What rooms' logs come to. Used by the writing thread alone. */
final class Summaries {
  static final String SELECT =
      "SELECT seq, body FROM summary WHERE room = (SELECT id FROM room WHERE name = ?)";

  private final WriteConnection connection;
  private final PreparedStatement keep;

  Summaries(WriteConnection connection) throws SQLException {
    this.connection = connection;
    keep =
        connection.prepare(
            "INSERT OR REPLACE INTO summary (room, seq, body) SELECT id, ?, ? FROM room"
                + " WHERE name = ?");
  }

  void keep(RoomName room, Summary summary) {
    connection.transaction(
        () -> {
          keep.setLong(1, summary.through());
          keep.setBytes(2, summary.body().text().getBytes(UTF_8));
          keep.setString(3, room.value());
          return keep.executeUpdate();
        });
  }
}
