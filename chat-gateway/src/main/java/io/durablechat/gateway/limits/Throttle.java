package io.durablechat.gateway.limits;

import io.durablechat.core.Member;
import io.durablechat.core.RoomDirectory;
import io.durablechat.core.RoomName;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds sessions, identities and addresses to their {@link Limits}. An IPv6 address counts by its
 * first 64 bits, which is what a customer is given. Safe for use by several threads.
 *
 * <p>What is known of an identity or an address is forgotten once it is as if it had never come.
 */
public final class Throttle {
  private static final int IPV6_NETWORK_BYTES = 8;

  /** So many identities and networks are remembered at a time. */
  private static final int MAX_KNOWN = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(Throttle.class);
  private static final Duration RETRY_SESSIONS = Duration.ofSeconds(10);

  private final Limits limits;
  private final RoomDirectory rooms;
  private final Meters meters;
  private final TimeMeter time;
  private final Map<Limit, SeldomSaid> lines = new EnumMap<>(Limit.class);
  private final AtomicLong sessions = new AtomicLong();
  private final ConcurrentMap<Object, Use> uses = new ConcurrentHashMap<>();

  /** Those who come when more are known than can be remembered share what one may have. */
  private final Use others = new Use();

  public Throttle(Limits limits, RoomDirectory rooms, Meters meters, LongSupplier nanos) {
    this.limits = limits;
    this.rooms = rooms;
    this.meters = meters;
    for (Limit limit : Limit.values()) {
      lines.put(limit, new SeldomSaid());
    }
    this.time =
        new TimeMeter() {
          @Override
          public long currentTimeNanos() {
            return nanos.getAsLong();
          }

          @Override
          public boolean isWallClockBased() {
            return false;
          }
        };
  }

  /** Over a limit. */
  public record Refusal(Limit limit, Duration retryAfter) {
    /** Whether it is not about who asks, but about all. */
    boolean isServers() {
      return limit == Limit.SESSIONS;
    }

    /** The status of an answer over HTTP (RFC 9110, section 15; RFC 6585, section 4). */
    public int status() {
      return isServers() ? 503 : 429;
    }

    /** One line for who asks. */
    public String reason() {
      return isServers()
          ? "the server is full, try again later"
          : "over the limit " + limit.key() + ", try again later";
    }
  }

  /** What one identity, address or session has had of late. */
  private final class Use {
    private final AtomicLong sessionsNow = new AtomicLong();

    /** Made when first used: most sessions listen. */
    private Map<Limit, Bucket> buckets = Map.of();

    private synchronized Optional<Bucket> bucket(Limit limit) {
      Optional<Bucket> known = Optional.ofNullable(buckets.get(limit));
      if (known.isPresent()) {
        return known;
      }
      Optional<Bucket> fresh = Throttle.this.bucket(limit);
      if (fresh.isPresent()) {
        buckets = buckets.isEmpty() ? new EnumMap<>(Limit.class) : buckets;
        buckets.put(limit, fresh.get());
      }
      return fresh;
    }

    private synchronized boolean isSpent() {
      return sessionsNow.get() > 0
          || buckets.entrySet().stream()
              .anyMatch(
                  e ->
                      e.getValue().getAvailableTokens()
                          < limits.rate(e.getKey()).orElseThrow().burst());
    }
  }

  private Optional<Bucket> bucket(Limit limit) {
    return limits
        .rate(limit)
        .map(
            rate ->
                Bucket.builder()
                    .addLimit(l -> l.capacity(rate.burst()).refillGreedy(rate.count(), rate.time()))
                    .withCustomTimePrecision(time)
                    .build());
  }

  private Use use(Object of) {
    Use known = uses.get(of);
    if (known != null) {
      return known;
    }
    return uses.size() < MAX_KNOWN ? uses.computeIfAbsent(of, o -> new Use()) : others;
  }

  /** The network that an address is of. */
  static Object network(InetAddress address) {
    return address instanceof Inet6Address
        ? ByteBuffer.wrap(address.getAddress(), 0, IPV6_NETWORK_BYTES)
        : address;
  }

  /** The same in bytes. */
  static byte[] networkBytes(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes;
  }

  /** A request over HTTP, before it is known whose. */
  public Optional<Refusal> onRequest(InetAddress from) {
    return take(Limit.REQUESTS_PER_ADDRESS, use(network(from)), Work.REQUEST.weight());
  }

  /** A request over HTTP, once it is known whose. */
  public Optional<Refusal> onRequest(Member asking) {
    return ofIdentity(Limit.REQUESTS_PER_IDENTITY, asking)
        .flatMap(taking -> take(taking.limit(), taking.use(), Work.REQUEST.weight()));
  }

  /** It has turned out how much a request was: what is over the limit now delays the next. */
  void onSpent(InetAddress from, long units) {
    spend(Limit.REQUESTS_PER_ADDRESS, use(network(from)), units);
  }

  private static void spend(Bucket bucket, long units) {
    bucket.consumeIgnoringRateLimits(units);
  }

  private void spend(Limit limit, Use use, long units) {
    if (units > 0) {
      use.bucket(limit).ifPresent(bucket -> spend(bucket, units));
    }
  }

  /** A session that is to begin. */
  Optional<Refusal> onJoin(InetAddress from) {
    Use use = use(network(from));
    if (isFull(Limit.SESSIONS, sessions.get())) {
      return Optional.of(refused(Limit.SESSIONS, RETRY_SESSIONS));
    }
    if (isFull(Limit.SESSIONS_PER_ADDRESS, use.sessionsNow.get())) {
      return Optional.of(refused(Limit.SESSIONS_PER_ADDRESS, RETRY_SESSIONS));
    }
    return take(Limit.JOINS_PER_ADDRESS, use, 1);
  }

  /** A room is named, which may have to wake. */
  Optional<Refusal> onRoom(InetAddress from, RoomName room) {
    return onRoom(use(network(from)), room);
  }

  private Optional<Refusal> onRoom(Use from, RoomName room) {
    return rooms.isAwake(room) ? Optional.empty() : take(Limit.ROOMS_PER_ADDRESS, from, 1);
  }

  /** Somebody publishes without a session. */
  Optional<Refusal> onPublish(InetAddress from, Member author) {
    List<Taking> takings = new ArrayList<>(2);
    ofIdentity(Limit.PUBLISHES_PER_IDENTITY, author).ifPresent(takings::add);
    takings.add(new Taking(Limit.PUBLISHES_PER_ADDRESS, use(network(from))));
    return takeAll(takings, 1);
  }

  /** Who is new each time would only take the place of others. */
  private Optional<Taking> ofIdentity(Limit limit, Member member) {
    return member.isAnonymous()
        ? Optional.empty()
        : Optional.of(new Taking(limit, use(member.identity())));
  }

  private boolean isFull(Limit limit, long now) {
    OptionalLong most = limits.most(limit);
    return most.isPresent() && now >= most.getAsLong();
  }

  private Refusal refused(Limit limit, Duration retryAfter) {
    meters.onLimited(limit);
    long more = lines.get(limit).said(time.currentTimeNanos());
    if (more > 0) {
      LOG.info("Over the limit {} ({} since the last such line)", limit.key(), more);
    }
    return new Refusal(limit, retryAfter);
  }

  private Optional<Refusal> take(Limit limit, Use use, long weight) {
    return use.bucket(limit).flatMap(bucket -> take(limit, bucket, weight));
  }

  private Optional<Refusal> take(Limit limit, Bucket bucket, long weight) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(weighed(limit, weight));
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(refused(limit, Duration.ofNanos(probe.getNanosToWaitForRefill())));
  }

  /** What is dearer than a whole burst takes all of one: it has to be possible at some time. */
  private long weighed(Limit limit, long weight) {
    return Math.min(weight, limits.rate(limit).orElseThrow().burst());
  }

  private record Taking(Limit limit, Use use) {}

  /** All or nothing: what one refuses costs nothing with the others. */
  private Optional<Refusal> takeAll(List<Taking> takings, long weight) {
    for (int i = 0; i < takings.size(); i++) {
      Taking taking = takings.get(i);
      Optional<Refusal> refusal = take(taking.limit(), taking.use(), weight);
      if (refusal.isPresent()) {
        takings.subList(0, i).forEach(taken -> giveBack(taken, weight));
        return refusal;
      }
    }
    return Optional.empty();
  }

  private void giveBack(Taking taken, long weight) {
    taken
        .use()
        .bucket(taken.limit())
        .ifPresent(bucket -> bucket.addTokens(weighed(taken.limit(), weight)));
  }

  /** A session that has begun, from this address if it is known. */
  Share share(Optional<InetAddress> from) {
    return new Share(from.map(address -> begun(network(address))));
  }

  /** Counted where nobody can forget it in between. */
  private Use begun(Object network) {
    Use use =
        uses.computeIfPresent(
            network,
            (n, known) -> {
              known.sessionsNow.incrementAndGet();
              return known;
            });
    if (use == null) {
      use = uses.size() < MAX_KNOWN ? new Use() : others;
      use.sessionsNow.incrementAndGet();
      Use before = use == others ? null : uses.putIfAbsent(network, use);
      if (before != null) {
        return begun(network);
      }
    }
    return use;
  }

  /** What one session may have. */
  final class Share {
    private final Optional<Use> address;
    private final Use own = new Use();
    private final boolean isTooMany;
    private boolean isOver;

    private Share(Optional<Use> address) {
      this.address = address;
      long now = sessions.incrementAndGet();
      isTooMany =
          isFull(Limit.SESSIONS, now - 1)
              || address
                  .filter(use -> isFull(Limit.SESSIONS_PER_ADDRESS, use.sessionsNow.get() - 1))
                  .isPresent();
    }

    /** Whether others came in between when it was looked at whether there is room, and here. */
    boolean isTooMany() {
      return isTooMany;
    }

    /** A room is named, which may have to wake. */
    Optional<Refusal> onRoom(RoomName room) {
      return address.flatMap(use -> Throttle.this.onRoom(use, room));
    }

    /** Something is published. */
    Optional<Refusal> onPublish(Member author) {
      if (limits.isOff()) {
        return Optional.empty();
      }
      return takeAll(
          takings(
              Limit.PUBLISHES_PER_SESSION,
              ofIdentity(Limit.PUBLISHES_PER_IDENTITY, author),
              Limit.PUBLISHES_PER_ADDRESS),
          1);
    }

    /**
     * Something else is asked for.
     *
     * @param asking by whom, once that is known
     * @param weight in units of {@link Work}
     */
    public Optional<Refusal> onRequest(Optional<Member> asking, long weight) {
      if (limits.isOff()) {
        return Optional.empty();
      }
      return takeAll(
          takings(
              Limit.REQUESTS_PER_SESSION,
              asking.flatMap(member -> ofIdentity(Limit.REQUESTS_PER_IDENTITY, member)),
              Limit.REQUESTS_PER_ADDRESS),
          weight);
    }

    private List<Taking> takings(Limit ofSession, Optional<Taking> ofIdentity, Limit ofAddress) {
      List<Taking> takings = new ArrayList<>(3);
      takings.add(new Taking(ofSession, own));
      ofIdentity.ifPresent(takings::add);
      address.ifPresent(use -> takings.add(new Taking(ofAddress, use)));
      return takings;
    }

    /** It has turned out how much something was: what is over the limit now delays the next. */
    void onSpent(long units) {
      spend(Limit.REQUESTS_PER_SESSION, own, units);
      address.ifPresent(use -> spend(Limit.REQUESTS_PER_ADDRESS, use, units));
    }

    /** The session is over. A second call is harmless. */
    synchronized void end() {
      if (!isOver) {
        isOver = true;
        sessions.decrementAndGet();
        address.ifPresent(use -> use.sessionsNow.decrementAndGet());
      }
    }
  }

  /** Forgets who has used up nothing. */
  public void sweep() {
    for (Object of : uses.keySet()) {
      uses.computeIfPresent(of, (o, use) -> use.isSpent() ? use : null);
    }
  }

  /** Of how many something is known. */
  public int known() {
    return uses.size();
  }
}
