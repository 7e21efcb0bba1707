package io.durablechat.cli;

import io.durablechat.core.Entry;
import io.durablechat.core.Member;
import io.durablechat.core.Moderation;
import io.durablechat.sqlite.StoredEntry;
import io.durablechat.sqlite.StoredRecord;
import io.durablechat.sqlite.StoredRoom;

/**
 * What a server asks of those who publish, asked of an import as well, beside what the log itself
 * asks of a room.
 */
final class ImportRules {
  private final int maxMessage;
  private final boolean takesRulings;

  ImportRules(int maxMessage, boolean takesRulings) {
    this.maxMessage = maxMessage;
    this.takesRulings = takesRulings;
  }

  /** Whether what moderators decided is in it, which holds once it is imported. */
  static boolean holdsRulings(StoredRoom room) {
    return room.name().equals(Moderation.TRAIL);
  }

  /**
   * Checks where it is to go.
   *
   * @throws IllegalArgumentException if it holds rulings, and nobody has said that they are to hold
   */
  void check(StoredRoom room) {
    if (holdsRulings(room) && !takesRulings) {
      throw new IllegalArgumentException(
          "it holds "
              + room.records()
              + " rulings of moderators, such as bans, that would hold here: --rulings takes them");
    }
  }

  /**
   * Checks a record of it.
   *
   * @throws IllegalArgumentException if no server would have taken it
   */
  StoredRecord checked(StoredRecord stored) {
    if (stored instanceof StoredEntry message) {
      check(message.entry());
    }
    return stored;
  }

  private void check(Entry message) {
    int size = message.draft().body().size();
    if (size > maxMessage) {
      throw new IllegalArgumentException(
          "a message of " + size + " bytes, where --max-message lets in " + maxMessage);
    }
    if (message.content().isSaid()) {
      message.author().name().ifPresent(name -> checkName(message.author(), name));
    }
  }

  private static void checkName(Member author, String name) {
    if (!author.named(name).name().orElseThrow().equals(name)) {
      throw new IllegalArgumentException("name is not written as a server writes it");
    }
  }
}
