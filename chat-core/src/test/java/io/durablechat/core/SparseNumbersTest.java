package io.durablechat.core;

import io.durablechat.testkit.BroadcasterContract;
import io.durablechat.testkit.ManualClock;
import io.durablechat.testkit.MessageLogContract;
import io.durablechat.testkit.SparseMessageLog;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/** A log in memory whose numbers have holes does all that one does whose numbers have none. */
final class SparseNumbersTest extends MessageLogContract {
  @Override
  protected MessageLog open(InstantSource clock) {
    return SparseMessageLog.on(MemoryMessageLog.of(clock), clock);
  }

  @Override
  protected boolean isSparse() {
    return true;
  }

  @Nested
  final class AsBroadcaster extends BroadcasterContract {
    @Override
    protected Broadcaster open() {
      return LocalBroadcaster.on(SparseNumbersTest.this.open(new ManualClock()));
    }
  }
}
