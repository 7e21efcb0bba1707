package io.durablechat.tests;

import static java.util.Map.entry;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.durablechat.tests.SizeLimit.Exemption;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Modules and packages: what each may use, and how large it may be. Prints a table of sizes. */
final class HouseTest {
  private static final String CORE = "io.durablechat.core";
  private static final String WIRE = "io.durablechat.wire";
  private static final String GATEWAY = "io.durablechat.gateway";
  private static final String AUTH = GATEWAY + ".auth";
  private static final String LIMITS = GATEWAY + ".limits";
  private static final String TRANSPORT = GATEWAY + ".transport";
  private static final String HTTP = GATEWAY + ".http";
  private static final String WORKERS_CHAT = GATEWAY + ".workerschat";
  private static final String JETTY = "io.durablechat.jetty";

  /** Each package of ours, and those of ours that it may use. Another one is a decision. */
  private static final Map<String, Set<String>> NEIGHBOURS =
      Map.ofEntries(
          entry(CORE, Set.of()),
          entry("io.durablechat.testkit", Set.of(CORE)),
          entry(WIRE, Set.of()),
          entry("io.durablechat.sqlite", Set.of(CORE)),
          entry(LIMITS, Set.of(CORE)),
          entry(AUTH, Set.of(CORE)),
          entry(TRANSPORT, Set.of(CORE, LIMITS)),
          entry(GATEWAY, Set.of(CORE, WIRE, AUTH, LIMITS, TRANSPORT)),
          entry(HTTP, Set.of(CORE, WIRE, AUTH, LIMITS, TRANSPORT, GATEWAY)),
          entry(WORKERS_CHAT, Set.of(CORE, TRANSPORT, GATEWAY)),
          entry("io.durablechat.jwt", Set.of(CORE, AUTH, LIMITS)),
          entry(JETTY, Set.of(CORE, WIRE, AUTH, LIMITS, TRANSPORT, GATEWAY, HTTP)),
          entry(
              "io.durablechat.cli",
              Set.of(
                  CORE,
                  WIRE,
                  "io.durablechat.sqlite",
                  AUTH,
                  LIMITS,
                  GATEWAY,
                  WORKERS_CHAT,
                  "io.durablechat.jwt",
                  JETTY)));

  /** What is over a limit today may not grow, and goes from the list once it keeps to it. */
  private static final SizeLimit PUBLIC_TYPES = new SizeLimit("public types", 45, Map.of());

  private static final SizeLimit TYPES =
      new SizeLimit(
          "types",
          40,
          Map.of(
              CORE,
              new Exemption(85, "in packages of their own, the hidden types would be public"),
              JETTY,
              new Exemption(46, "the servlet, too, whose endpoint looks below Jetty's sessions"),
              "io.durablechat.cli",
              new Exemption(72, "all commands in one")));

  private static final SizeLimit MEDIAN_FILE =
      new SizeLimit(
          "median lines",
          79,
          Map.ofEntries(
              entry(CORE, new Exemption(85, "a value's contract is longer than its code")),
              entry(
                  "io.durablechat.testkit",
                  new Exemption(186, "few files, and contracts are long")),
              entry(
                  "io.durablechat.sqlite",
                  new Exemption(100, "a step of the file's life is a class")),
              entry(GATEWAY, new Exemption(99, "settings take a paragraph each")),
              entry(HTTP, new Exemption(130, "a resource says all that its callers can get wrong")),
              entry(LIMITS, new Exemption(87, "few files, each a rule with its reasons")),
              entry(TRANSPORT, new Exemption(87, "few files, each a queue with its reasons")),
              entry(WORKERS_CHAT, new Exemption(94, "four files")),
              entry(JETTY, new Exemption(84, "a servlet's answers wait in many ways")),
              entry("io.durablechat.jwt", new Exemption(103, "three files")),
              entry("io.durablechat.cli", new Exemption(86, "options take five lines each"))));

  private static final SizeLimit LARGE_FILE =
      new SizeLimit(
          "90th percentile lines",
          199,
          Map.ofEntries(
              entry(CORE, new Exemption(226, "rooms, sessions and the log in memory are whole")),
              entry(
                  "io.durablechat.testkit",
                  new Exemption(915, "few files, and contracts are long")),
              entry(
                  "io.durablechat.sqlite", new Exemption(242, "the log and its schema are whole")),
              entry(GATEWAY, new Exemption(282, "a conversation and its rules are whole")),
              entry(HTTP, new Exemption(207, "a resource says all that its callers can get wrong")),
              entry(LIMITS, new Exemption(228, "few files, each a rule with its reasons")),
              entry(TRANSPORT, new Exemption(266, "few files, each a queue with its reasons")),
              entry(JETTY, new Exemption(285, "two faces, and mostly their Javadoc")),
              entry("io.durablechat.jwt", new Exemption(441, "three files")),
              entry("io.durablechat.cli", new Exemption(201, "options take five lines each"))));

  private static final SizeLimit LONGEST_FILE =
      new SizeLimit(
          "lines",
          350,
          Map.ofEntries(
              entry(
                  "io.durablechat.testkit/MessageLogContract.java",
                  new Exemption(915, "all that a log must do, in one contract")),
              entry(
                  "io.durablechat.testkit/BroadcasterContract.java",
                  new Exemption(616, "all that a broadcaster must do, in one contract")),
              entry(
                  "io.durablechat.core/LiveSession.java",
                  new Exemption(553, "the diagram of its states, and what moves them")),
              entry(
                  "io.durablechat.core/MemoryMessageLog.java",
                  new Exemption(382, "the log in memory, and the ids it knows")),
              entry(
                  "io.durablechat.core/LiveRoom.java",
                  new Exemption(502, "all that runs on a room's strand")),
              entry(
                  "io.durablechat.core/Moderation.java",
                  new Exemption(435, "deciding, and what holds")),
              entry(
                  TRANSPORT + "/FrameSender.java",
                  new Exemption(464, "the queue, the write and the batches of one connection")),
              entry(
                  "io.durablechat.jwt/JwtAuthenticator.java",
                  new Exemption(441, "settings, keys and checks in one")),
              entry(
                  JETTY + "/ChatServer.java",
                  new Exemption(430, "mostly its builder, and that mostly Javadoc")),
              entry(
                  LIMITS + "/Throttle.java",
                  new Exemption(388, "all limits, and who is counted by which")),
              entry(
                  "io.durablechat.sqlite/SqliteMessageLog.java",
                  new Exemption(454, "the whole of the log's interface, and how it is opened")),
              entry(
                  "io.durablechat.sqlite/Schema.java",
                  new Exemption(400, "the file's format is told in one place"))));

  private static List<SourceFile> files;
  private static Map<String, List<SourceFile>> packages;
  private static JavaClasses classes;

  @BeforeAll
  static void read() throws IOException {
    files = SourceFile.all();
    packages =
        files.stream()
            .collect(groupingBy(SourceFile::packageName, TreeMap::new, Collectors.toList()));
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.durablechat");
    System.out.println(table());
  }

  @Test
  void eachPackageUsesOnlyItsNeighbours() {
    assertEquals(new TreeSet<>(NEIGHBOURS.keySet()), packages.keySet());
    List<String> strangers =
        dependencies(JavaClass::getPackageName).entrySet().stream()
            .flatMap(
                uses ->
                    uses.getValue().stream()
                        .filter(used -> !NEIGHBOURS.get(uses.getKey()).contains(used))
                        .map(used -> uses.getKey() + " uses " + used))
            .toList();
    assertEquals(List.of(), strangers);
  }

  @Test
  void allListedNeighboursAreUsed() {
    Map<String, Set<String>> unused = new TreeMap<>();
    NEIGHBOURS.forEach((name, neighbours) -> unused.put(name, new TreeSet<>(neighbours)));
    dependencies(JavaClass::getPackageName)
        .forEach((name, used) -> unused.get(name).removeAll(used));
    unused.values().removeIf(Set::isEmpty);
    assertEquals(Map.of(), unused);
  }

  @Test
  void packagesAreFreeOfCycles() {
    assertEquals(List.of(), Cycles.in(dependencies(JavaClass::getPackageName)));
  }

  @Test
  void noPackageIsSplitBetweenModules() {
    List<String> split =
        packages.entrySet().stream()
            .map(entry -> entry.getKey() + " in " + modules(entry.getValue()))
            .filter(line -> line.contains(","))
            .toList();
    assertEquals(List.of(), split);
  }

  @Test
  void whatWasReadIsWhatWasBuilt() {
    assertEquals(
        packages.keySet(),
        classes.stream()
            .map(JavaClass::getPackageName)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void packagesKeepToTheirSizes() {
    List<String> wrong = new ArrayList<>();
    wrong.addAll(TYPES.breaches(byPackage(found -> types(found).size())));
    wrong.addAll(PUBLIC_TYPES.breaches(byPackage(HouseTest::publicTypes)));
    wrong.addAll(MEDIAN_FILE.breaches(byPackage(found -> fileLines(found).median())));
    wrong.addAll(LARGE_FILE.breaches(byPackage(found -> fileLines(found).ninetieth())));
    assertEquals(List.of(), wrong);
  }

  @Test
  void filesKeepToTheirSizes() {
    Map<String, Integer> lines =
        files.stream()
            .collect(toMap(file -> file.packageName() + "/" + file.name(), SourceFile::lines));
    assertEquals(List.of(), LONGEST_FILE.breaches(lines));
  }

  /** What uses what, as it was compiled: packages or types. */
  private static Map<String, Set<String>> dependencies(Function<JavaClass, String> name) {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (JavaClass from : classes) {
      Set<String> used = uses.computeIfAbsent(name.apply(from), n -> new TreeSet<>());
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (classes.contain(to.getName()) && !name.apply(to).equals(name.apply(from))) {
          used.add(name.apply(to));
        }
      }
    }
    return uses;
  }

  private static Map<String, Integer> byPackage(ToIntFunction<List<SourceFile>> size) {
    return packages.entrySet().stream()
        .collect(toMap(Map.Entry::getKey, entry -> size.applyAsInt(entry.getValue())));
  }

  private static Set<String> modules(Collection<SourceFile> found) {
    return found.stream().map(SourceFile::module).collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<SourceFile.Type> types(Collection<SourceFile> found) {
    return found.stream().flatMap(file -> file.types().stream()).toList();
  }

  private static int publicTypes(Collection<SourceFile> found) {
    return (int) types(found).stream().filter(SourceFile.Type::isPublic).count();
  }

  private static Spread fileLines(Collection<SourceFile> found) {
    return Spread.of(found.stream().map(SourceFile::lines).toList());
  }

  private static Spread methodLines(Collection<SourceFile> found) {
    return Spread.of(
        found.stream()
            .flatMap(file -> file.methods().stream())
            .map(SourceFile.Method::lines)
            .toList());
  }

  /** The table: a row a package, and one a module that has several. */
  private static String table() {
    Map<String, Set<String>> types = dependencies(HouseTest::topLevel);
    List<Set<String>> cycles = Cycles.in(types);
    List<String> rows = new ArrayList<>();
    rows.add(
        String.format(
            Locale.ROOT,
            "%-14s %-34s %5s %6s %6s %9s %14s %14s",
            "module",
            "package",
            "types",
            "public",
            "hidden",
            "in cycles",
            "file lines",
            "method lines"));
    Map<String, List<SourceFile>> modules =
        files.stream().collect(groupingBy(SourceFile::module, TreeMap::new, Collectors.toList()));
    modules.forEach(
        (module, inModule) -> {
          Map<String, List<SourceFile>> its =
              inModule.stream()
                  .collect(groupingBy(SourceFile::packageName, TreeMap::new, Collectors.toList()));
          its.forEach((name, found) -> rows.add(row(module, name, found, cycles)));
          if (its.size() > 1) {
            rows.add(row(module, "all", inModule, cycles));
          }
        });
    rows.add(row("all", "", files, cycles));
    rows.add("Lines are median/90th percentile/longest.");
    rows.add(
        "Cycles between packages: " + Cycles.in(dependencies(JavaClass::getPackageName)).size());
    cycles.forEach(
        cycle ->
            rows.add(
                "Types in a cycle: "
                    + cycle.stream()
                        .map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .collect(Collectors.joining(" "))));
    return String.join(System.lineSeparator(), rows);
  }

  private static String topLevel(JavaClass type) {
    return type.getName().replaceFirst("\\$.*", "");
  }

  private static String row(
      String module, String name, List<SourceFile> found, List<Set<String>> cycles) {
    int count = types(found).size();
    long inCycles =
        found.stream()
            .flatMap(file -> file.types().stream().map(t -> file.packageName() + "." + t.name()))
            .filter(type -> cycles.stream().anyMatch(cycle -> cycle.contains(type)))
            .count();
    return String.format(
        Locale.ROOT,
        "%-14s %-34s %5d %6d %5d%% %9d %14s %14s",
        module,
        name,
        count,
        publicTypes(found),
        100 - 100 * publicTypes(found) / count,
        inCycles,
        fileLines(found),
        methodLines(found));
  }
}
