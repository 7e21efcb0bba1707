package io.durablechat.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the product may not use: {@link HouseTest} says which of its packages use which. */
final class ArchitectureTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.durablechat");

  @Test
  void coreUsesTheBaseModuleAlone() {
    classes()
        .that()
        .resideInAPackage("io.durablechat.core")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.durablechat.core",
            "java.lang..",
            "java.io..",
            "java.nio..",
            "java.security..",
            "java.text..",
            "java.time..",
            "java.util..")
        .check(PRODUCT);
  }

  @Test
  void gatewayNamesNoContainer() {
    noClasses()
        .that()
        .resideInAnyPackage("io.durablechat.gateway..", "io.durablechat.jwt")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.eclipse.jetty..", "jakarta..", "org.apache..")
        .check(PRODUCT);
  }

  @Test
  void wireUsesTheBaseModuleAndGsonAlone() {
    classes()
        .that()
        .resideInAPackage("io.durablechat.wire")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.durablechat.wire",
            "com.google.gson..",
            "java.lang..",
            "java.io..",
            "java.math..",
            "java.nio..",
            "java.time..",
            "java.util..")
        .check(PRODUCT);
  }

  @Test
  void librariesNameNoOptionsOfTheLauncher() throws IOException {
    Pattern option = Pattern.compile("\"[^\"\\n]*(?<!-)--[a-z]");
    for (String library :
        List.of(
            "chat-core",
            "chat-testkit",
            "chat-wire",
            "chat-gateway",
            "chat-jwt",
            "chat-sqlite",
            "chat-jetty")) {
      try (Stream<Path> files =
          Files.walk(ProjectFiles.root().resolve(library).resolve("src/main/java"))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertFalse(option.matcher(Files.readString(file)).find(), file::toString);
        }
      }
    }
  }

  @Test
  void nothingSleeps() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class).check(PRODUCT);
  }
}
