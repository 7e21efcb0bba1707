package io.durablechat.sqlite;

import java.sql.SQLException;

/** Something done with the file that gives a result. */
@FunctionalInterface
public interface Work<T> {
  T run() throws SQLException;
}
