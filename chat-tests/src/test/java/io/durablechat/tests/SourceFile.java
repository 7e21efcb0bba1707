package io.durablechat.tests;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A file of the main sources of a module that declares types, as the JDK's own parser reads it. */
record SourceFile(
    String module,
    String packageName,
    String name,
    int lines,
    List<Type> types,
    List<Method> methods) {
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  /** A type at the top of a file. */
  record Type(String name, boolean isPublic) {}

  /** A method or constructor with a body, from its first annotation to its closing brace. */
  record Method(String name, int lines) {}

  /** Reads all files of all modules that the project's POM lists. */
  static List<SourceFile> all() throws IOException {
    List<SourceFile> files = new ArrayList<>();
    for (String module : modules()) {
      Path sources = ProjectFiles.root().resolve(module).resolve("src/main/java");
      if (Files.isDirectory(sources)) {
        files.addAll(parse(module, sources));
      }
    }
    return files;
  }

  private static List<String> modules() throws IOException {
    String pom = Files.readString(ProjectFiles.root().resolve("pom.xml"));
    return MODULE.matcher(pom).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static List<SourceFile> parse(String module, Path sources) throws IOException {
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null);
        Stream<Path> paths = Files.walk(sources)) {
      List<Path> java = paths.filter(path -> path.toString().endsWith(".java")).sorted().toList();
      if (java.isEmpty()) {
        return List.of();
      }
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  null,
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(java));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      return StreamSupport.stream(task.parse().spliterator(), false)
          .filter(unit -> !unit.getTypeDecls().isEmpty())
          .map(unit -> of(module, unit, positions))
          .toList();
    }
  }

  private static SourceFile of(String module, CompilationUnitTree unit, SourcePositions positions) {
    List<Type> types =
        unit.getTypeDecls().stream()
            .filter(ClassTree.class::isInstance)
            .map(ClassTree.class::cast)
            .map(
                type ->
                    new Type(
                        type.getSimpleName().toString(),
                        type.getModifiers().getFlags().contains(Modifier.PUBLIC)))
            .toList();
    Methods methods = new Methods(unit, positions);
    methods.scan(unit, null);
    return new SourceFile(
        module,
        unit.getPackageName().toString(),
        Path.of(unit.getSourceFile().getName()).getFileName().toString(),
        lines(unit),
        types,
        methods.found);
  }

  private static int lines(CompilationUnitTree unit) {
    try {
      return (int) unit.getSourceFile().getCharContent(true).toString().lines().count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A walk through a file that gathers its methods. */
  private static final class Methods extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<Method> found = new ArrayList<>();

    Methods(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public Void visitMethod(MethodTree method, Void unused) {
      if (method.getBody() != null) {
        found.add(new Method(method.getName().toString(), lines(method)));
      }
      return super.visitMethod(method, null);
    }

    private int lines(Tree tree) {
      long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
      long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree) - 1);
      return (int) (last - first + 1);
    }
  }
}
