package io.durablechat.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.core.Broadcaster;
import io.durablechat.core.Durability;
import io.durablechat.core.LocalBroadcaster;
import io.durablechat.core.MessageLog;
import io.durablechat.testkit.BroadcasterContract;
import io.durablechat.testkit.MessageLogContract;
import io.durablechat.testkit.SparseMessageLog;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** A file whose numbers have holes does all that one does whose numbers have none. */
final class SparseNumbersTest extends MessageLogContract {
  @TempDir private Path folder;

  @Override
  protected MessageLog open(InstantSource clock) {
    return SparseMessageLog.on(open(folder.resolve("contract"), clock), clock);
  }

  @Override
  protected boolean isSparse() {
    return true;
  }

  private static SqliteMessageLog open(Path folder, InstantSource clock) {
    return SqliteMessageLog.open(
        folder, Durability.COMMIT, clock, SqliteMessageLog.DEFAULT_RETRY_WINDOW);
  }

  @AfterEach
  void leavesAFileThatIsWhole() {
    try (LogFile file = LogFile.open(folder.resolve("contract"))) {
      assertEquals(List.of(), file.verify(count -> {}));
    }
  }

  @Nested
  final class AsBroadcaster extends BroadcasterContract {
    @Override
    protected Broadcaster open() {
      InstantSource clock = InstantSource.system();
      return LocalBroadcaster.on(
          SparseMessageLog.on(SparseNumbersTest.open(folder.resolve("broadcaster"), clock), clock));
    }
  }
}
