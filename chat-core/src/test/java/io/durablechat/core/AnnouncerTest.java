package io.durablechat.core;

import static java.util.Locale.ROOT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.durablechat.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of a batch, and in which order. */
final class AnnouncerTest {
  private static final RoomName ROOM = RoomName.of("general");
  private static final RoomName OTHER = RoomName.of("other");
  private static final Member ANN = Member.anonymous();

  private final List<String> events = new ArrayList<>();
  private final Followings followings = new Followings();
  private final Changed changed = new Changed();
  private final MemoryMessageLog log = MemoryMessageLog.of(new ManualClock());

  private void announce(List<Submission> batch) {
    new Announcer(followings, changed)
        .announce(
            batch,
            log.append(batch),
            (decision, index) ->
                events.add(index + " " + decision.getClass().getSimpleName().toLowerCase(ROOT)));
  }

  private void follow(RoomName room) {
    followings.add(
        room,
        log.head(room),
        new Follower() {
          @Override
          public void onEntries(List<Entry> messages) {
            events.add(room + " " + messages.stream().map(m -> m.draft().body().text()).toList());
          }

          @Override
          public void onLineageChanged() {}
        });
  }

  @Test
  void tellsFollowersOfAGroupAsOfWhatCameOneByOneAndSettlesThen() {
    follow(ROOM);
    follow(OTHER);
    Submission a = new Submission(ROOM, ANN, Draft.text("a").withId("1"));
    Submission b = new Submission(ROOM, ANN, Draft.text("b"));
    Submission c = new Submission(ROOM, ANN, Draft.text("c"));
    Submission x = new Submission(OTHER, ANN, Draft.text("x"));
    changed.take();
    announce(List.of(a.with(List.of(b)), x, a, c));
    assertEquals(
        List.of("general [a, b, c]", "other [x]", "0 kept", "1 kept", "2 duplicate", "3 kept"),
        events);
    assertEquals(2, changed.take().orElseThrow().size());
  }

  @Test
  void tellsNobodyOfWhatWasNotKept() {
    follow(ROOM);
    changed.take();
    announce(List.of(new Submission(ROOM, ANN, Draft.deletion(1))));
    assertEquals(List.of("0 missing"), events);
    assertEquals(Optional.of(List.of()), changed.take());
  }
}
