package io.durablechat.core;

import java.util.function.Function;

/**
 * What a thing was encoded into: once in each form, shared by all sessions. Safe for use by several
 * threads; without a lock for what is there.
 *
 * @param <S> what is encoded
 */
final class EncodedForms<S> {
  private record Form(Object encoding, Object value, Form others) {}

  private volatile Form forms;

  /**
   * The source in this form.
   *
   * @param encoding told apart by identity
   */
  <T> T of(S source, Object encoding, Function<S, T> encode) {
    Object known = known(encoding);
    if (known == null) {
      synchronized (this) {
        known = known(encoding);
        if (known == null) {
          known = encode.apply(source);
          forms = new Form(encoding, known, forms);
        }
      }
    }
    @SuppressWarnings("unchecked") // made by the same encoding
    T result = (T) known;
    return result;
  }

  @SuppressWarnings("ReferenceEquality") // encodings are told apart by identity
  private Object known(Object encoding) {
    for (Form form = forms; form != null; form = form.others()) {
      if (form.encoding() == encoding) {
        return form.value();
      }
    }
    return null;
  }
}
