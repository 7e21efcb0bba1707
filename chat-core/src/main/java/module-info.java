/** Rooms, their order, their log and their fan-out; needs nothing but the JDK's base module. */
module io.durablechat.core {
  exports io.durablechat.core;
}
