package io.durablechat.gateway.transport;

import java.nio.ByteBuffer;

/**
 * Tells of a text that comes in parts, at the first byte that cannot be, that it is not UTF-8 (RFC
 * 3629). That it ends within a character is for others to see. Used by one thread at a time.
 */
public final class Utf8Check {
  private static final int FIRST = 0x80;
  private static final int LAST = 0xbf;

  /** Bytes that the character still needs. */
  private int missing;

  /** Between what the next of them has to be. */
  private int lowest = FIRST;

  private int highest = LAST;

  /** Whether the text may be UTF-8 with this part, which is left as it was. */
  public boolean accepts(ByteBuffer part) {
    for (int i = part.position(); i < part.limit(); i++) {
      byte octet = part.get(i);
      if ((octet < 0 || missing > 0) && !accepts(octet & 0xff)) {
        return false;
      }
    }
    return true;
  }

  private boolean accepts(int octet) {
    if (missing == 0) {
      return begins(octet);
    }
    if (octet < lowest || octet > highest) {
      return false;
    }
    lowest = FIRST;
    highest = LAST;
    missing--;
    return true;
  }

  /** RFC 3629, section 4: no longer than need be, no surrogates, nothing past U+10FFFF. */
  private boolean begins(int octet) {
    if (octet >= 0xc2 && octet <= 0xdf) {
      missing = 1;
    } else if (octet >= 0xe0 && octet <= 0xef) {
      missing = 2;
      lowest = octet == 0xe0 ? 0xa0 : FIRST;
      highest = octet == 0xed ? 0x9f : LAST;
    } else if (octet >= 0xf0 && octet <= 0xf4) {
      missing = 3;
      lowest = octet == 0xf0 ? 0x90 : FIRST;
      highest = octet == 0xf4 ? 0x8f : LAST;
    } else {
      return false;
    }
    return true;
  }
}
