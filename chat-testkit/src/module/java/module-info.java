/** Contracts that engines are tested against, and what tests of rooms need; uses JUnit Jupiter. */
module io.durablechat.testkit {
  requires transitive io.durablechat.core;
  requires transitive org.junit.jupiter.api;

  exports io.durablechat.testkit;

  // JUnit calls the contracts' tests by reflection; they are not for anybody else.
  opens io.durablechat.testkit to
      org.junit.platform.commons;
}
