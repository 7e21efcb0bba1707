package io.durablechat.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.durablechat.gateway.Addresses;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks, and proxies in them. */
final class NetworkTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.2.3, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.128.0.0/9, 10.200.0.1, true",
    "10.128.0.0/9, 10.127.255.255, false",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "0.0.0.0/0, ::1, false",
    "::/0, ::1, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::ffff:1.2.3.4, 1.2.3.4, true"
  })
  void holdsTheAddressesThatBeginAsItDoes(String network, String address, boolean holds) {
    assertEquals(
        holds,
        Network.of(network).orElseThrow().contains(Addresses.literal(address).orElseThrow()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/8/8",
        "10.0.0",
        "10.0.0.0/-1",
        "2001:db8::1/64",
        "::/129",
        "[::1]",
        "10.0.0.1:80",
        "localhost",
        ""
      })
  void whatIsNoNetworkIsNone(String text) {
    assertEquals(Optional.empty(), Network.of(text));
  }

  @Test
  void theLastAddressThatIsNoProxysIsTheClients() {
    TrustedProxies proxies = new TrustedProxies(List.of("10.0.0.0/8"));
    TrustedProxies.Origin origin =
        proxies.origin(
            Addresses.literal("10.0.0.1"),
            List.of("203.0.113.1, 203.0.113.2", "\"[2001:db8::1]\", 10.0.0.2"));
    assertTrue(origin.isBehindProxy());
    assertEquals(Addresses.literal("2001:db8::1"), origin.client());
  }

  @Test
  void aPeerThatIsNoProxySaysNothingOfItsClients() {
    TrustedProxies proxies = new TrustedProxies(List.of("10.0.0.0/8"));
    TrustedProxies.Origin origin =
        proxies.origin(Addresses.literal("192.0.2.1"), List.of("203.0.113.1"));
    assertEquals(new TrustedProxies.Origin(Addresses.literal("192.0.2.1"), false), origin);
  }
}
