package io.durablechat.jetty;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.compression.gzip.GzipCompression;
import org.eclipse.jetty.compression.server.CompressionHandler;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.resource.Resource;

/**
 * A folder of files, and nothing outside it: a link that leads out, a name that begins with a dot
 * and what is no file are not found, a folder is not listed. Text is compressed for who asks for
 * it. Of policy a page says what it wants itself; only other sites may not frame it, which a page
 * cannot say.
 */
final class StaticFiles extends Handler.Wrapper {
  private final Resource folder;

  /** The files as they are: a part of one is a part of that, and not of what it is pressed to. */
  private final Handler uncompressed;

  private StaticFiles(Resource folder, Handler compressed, Handler uncompressed) {
    super(compressed);
    this.folder = folder;
    this.uncompressed = uncompressed;
  }

  /** Files on disk: always asked for again, seldom sent again, so that a page is never half old. */
  static Handler inFolder(Resource folder) {
    ResourceHandler files = new ResourceHandler();
    files.setEtags(true);
    files.setCacheControl("no-cache");
    return of(folder, files);
  }

  /**
   * Files in a jar: sent each time. Their dates are the build's fixed one, so that a browser that
   * asked whether a file has changed would be told "no" after an update.
   */
  static Handler inJar(Resource folder) {
    ResourceHandler files = new ResourceHandler();
    files.setCacheControl("no-store");
    return of(folder, files);
  }

  private static Handler of(Resource folder, ResourceHandler files) {
    files.setDirAllowed(false);
    CompressionHandler compressed = new CompressionHandler(files);
    compressed.putCompression(new GzipCompression());
    ContextHandler context = new ContextHandler(new StaticFiles(folder, compressed, files), "/");
    context.setBaseResource(folder);
    context.clearAliasChecks();
    context.addAliasCheck((path, file) -> staysInside(folder, file));
    return context;
  }

  /** Whether what a link leads to might have been asked for by its own name. */
  private static boolean staysInside(Resource folder, Resource file) {
    try {
      Path inside = folder.getPath().toRealPath().relativize(file.getPath().toRealPath());
      for (Path name : inside) {
        if (name.toString().startsWith(".")) {
          return false;
        }
      }
      return true;
    } catch (IOException | RuntimeException e) {
      // No such file, or one that is no path: in a jar there are no links.
      return false;
    }
  }

  /** Whether it is a pipe, a socket or a device: to read one may take for ever. */
  private boolean isSpecial(String path) {
    Resource resource = folder.resolve(path);
    Path file = resource == null ? null : resource.getPath();
    return file != null
        && Files.exists(file)
        && !Files.isRegularFile(file)
        && !Files.isDirectory(file);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
      Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
      return true;
    }
    String path = Request.getPathInContext(request);
    if (path.contains("/.") || isSpecial(path)) {
      return false;
    }
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put("Content-Security-Policy", "frame-ancestors 'self'");
    response.getHeaders().put("Referrer-Policy", "same-origin");
    return request.getHeaders().contains(HttpHeader.RANGE)
        ? uncompressed.handle(request, response, callback)
        : super.handle(request, response, callback);
  }
}
