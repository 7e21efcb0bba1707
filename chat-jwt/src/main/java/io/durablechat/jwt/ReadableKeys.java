package io.durablechat.jwt;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.net.URL;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source of key sets without the keys that cannot be read: those of a kind, a curve or a use that
 * came later, and damaged ones. The others are good all the same (RFC 7517, section 5), where the
 * library would refuse the whole set.
 */
final class ReadableKeys implements ResourceRetriever {
  private static final Logger LOG = LoggerFactory.getLogger(ReadableKeys.class);
  private static final String KEYS = "keys";
  private static final int MIN_RSA_BITS = 2048;

  private final ResourceRetriever sets;
  private final String whereTheyAre;

  /** How many were passed over when an operator was last told. */
  private final AtomicInteger told = new AtomicInteger();

  /**
   * @param whereTheyAre for logs
   */
  ReadableKeys(ResourceRetriever sets, String whereTheyAre) {
    this.sets = sets;
    this.whereTheyAre = whereTheyAre;
  }

  @Override
  public Resource retrieveResource(URL address) throws IOException {
    Resource set = sets.retrieveResource(address);
    try {
      List<Object> all = all(set.getContent());
      List<Object> readable = readable(all);
      tell(all.size() - readable.size(), all.size());
      return new Resource(
          JSONObjectUtils.toJSONString(Map.of(KEYS, readable)), set.getContentType());
    } catch (ParseException e) {
      // Whoever asked will find the same, and say so.
      return set;
    }
  }

  /**
   * Returns the keys in a set that can be read.
   *
   * @throws ParseException if it is no key set
   */
  static List<Object> in(String set) throws ParseException {
    return readable(all(set));
  }

  private static List<Object> all(String set) throws ParseException {
    Map<String, Object> object = JSONObjectUtils.parse(set);
    List<Object> keys = object == null ? null : JSONObjectUtils.getJSONArray(object, KEYS);
    if (keys == null) {
      throw new ParseException("not a JSON Web Key Set", 0);
    }
    return keys;
  }

  private static List<Object> readable(List<Object> keys) {
    return keys.stream().filter(ReadableKeys::isReadable).toList();
  }

  private void tell(int unread, int keys) {
    if (told.getAndSet(unread) != unread && unread > 0) {
      LOG.warn(
          "{} of {} keys at {} cannot be read, or are too short, and are not used",
          unread,
          keys,
          whereTheyAre);
    }
  }

  /** RFC 7518, sections 3.3 and 3.5: shorter ones must not be used. */
  private static boolean isStrong(JWK key) {
    return !(key instanceof RSAKey rsa) || rsa.size() >= MIN_RSA_BITS;
  }

  @SuppressWarnings("unchecked")
  private static boolean isReadable(Object key) {
    try {
      return key instanceof Map<?, ?> object && isStrong(JWK.parse((Map<String, Object>) object));
    } catch (ParseException | RuntimeException e) {
      // Nothing that one entry holds may be a reason to lose the others.
      LOG.debug("A key cannot be read", e);
      return false;
    }
  }
}
