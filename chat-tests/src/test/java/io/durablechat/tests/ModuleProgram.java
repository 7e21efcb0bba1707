package io.durablechat.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;

/** A program in a module of its own, which is compiled and run on a module path. */
final class ModuleProgram {
  private ModuleProgram() {}

  /**
   * Compiles and runs a program, and returns what it printed.
   *
   * @param module its name, which is that of its package, too
   * @param required the module that it requires
   * @param program the source of a class {@code Program}
   * @param jars types of the jars on the module path, one for each jar
   */
  static String run(
      String module, String required, String program, List<Class<?>> jars, Path folder)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> entries = new ArrayList<>();
    for (Class<?> type : jars) {
      entries.add(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()) + "");
    }
    String path = String.join(File.pathSeparator, entries);
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path classes = folder.resolve("classes");
    Path declaration =
        Files.writeString(
            sources.resolve("module-info.java"),
            "module " + module + " { requires " + required + "; }");
    Path source = Files.writeString(sources.resolve("Program.java"), program);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-p", path, "-d", classes + "", declaration + "", source + "");
    assertEquals(0, compiled);

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-p",
                path + File.pathSeparator + classes,
                "-m",
                module + "/" + module + ".Program")
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), printed);
    return printed;
  }
}
