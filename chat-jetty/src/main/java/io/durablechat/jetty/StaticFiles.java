package io.durablechat.jetty;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.AllowedResourceAliasChecker;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.resource.Resource;

/**
 * A folder of files, and nothing outside it: a link that leads out and a name that begins with a
 * dot are not found, a folder is not listed. No header of policy is added, so that any page works.
 */
final class StaticFiles extends Handler.Wrapper {
  private StaticFiles(Handler files) {
    super(files);
  }

  static Handler of(Resource folder) {
    ResourceHandler files = new ResourceHandler();
    files.setDirAllowed(false);
    files.setEtags(true);
    // Always asked for again, seldom sent again: a page is never half old and half new.
    files.setCacheControl("no-cache");
    ContextHandler context = new ContextHandler(new StaticFiles(files), "/");
    context.setBaseResource(folder);
    context.clearAliasChecks();
    context.addAliasCheck(new AllowedResourceAliasChecker(context, folder));
    return context;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
      Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
      return true;
    }
    if (Request.getPathInContext(request).contains("/.")) {
      return false;
    }
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    return super.handle(request, response, callback);
  }
}
