package dev.tcptop.http.guard;

import dev.tcptop.config.Output;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.publish.StartOrder;
import dev.tcptop.self.Node;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.Response.Status;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The filter before all routes and resources: refuses requests that are too large, carry a foreign
 * host name, have a body, or lack the token. Quarkus' security layer is not used, since the host
 * name has to be checked here anyway, and there are neither users nor roles.
 */
@ApplicationScoped
public class RequestGuard {
  /** After CORS (300), whose preflight requests bear no token; before all else. */
  private static final int PRIORITY = 250;

  /** Paths that need no token, for a kubelet, which has none. They tell only that tcptop runs. */
  private static final Set<String> OPEN = Set.of("/q/health/live", "/q/health/ready");

  // The server's own limits are wider, since it refuses with a status alone.
  private static final int MAX_LINE = 8 << 10;
  private static final int MAX_HEADERS = 16 << 10;

  private final Connections connections;
  private final RefusedRequests refused;
  private final AllowedHosts hosts;
  private final Optional<Path> tokenPath;
  private final boolean madeToken;
  private final Optional<TokenFile> token;

  RequestGuard(
      TcptopConfig config, ListenGuard listen, Connections connections, RefusedRequests refused) {
    listen.check(); // a start that is refused makes no token
    this.connections = connections;
    this.refused = refused;
    Set<String> names = new HashSet<>(config.hosts().orElse(Set.of()));
    names.add(config.listen().host());
    names.add(Node.hostName());
    hosts = new AllowedHosts(names);
    madeToken =
        config.tokenFile().isEmpty()
            && !config.insecure()
            && Output.of(config) != Output.ONCE; // which serves no HTTP
    tokenPath = madeToken ? Optional.of(MadeToken.ensure()) : config.tokenFile();
    token = tokenPath.map(TokenFile::new);
  }

  /** The file with the token that requests need; empty: they need none. */
  public Optional<Path> tokenPath() {
    return tokenPath;
  }

  /** Makes this bean: what it refuses ends the start before anything is loaded. */
  void check(@Observes @Priority(StartOrder.CHECKS) StartupEvent event) {}

  /**
   * A kubelet takes about a minute to bring a changed secret into a pod; 5 s more do not matter.
   */
  @Scheduled(
      every = "5s",
      concurrentExecution = Scheduled.ConcurrentExecution.SKIP,
      skipExecutionIf = Scheduled.ApplicationNotRunning.class)
  void readTokenAgain() {
    token.ifPresent(TokenFile::look);
  }

  void register(@Observes Filters filters) {
    filters.register(this::guard, PRIORITY);
  }

  private void guard(RoutingContext context) {
    connections.requestBegan(context);
    context.addEndHandler(ended -> refused.ended(context));
    HttpServerRequest request = context.request();
    HttpServerResponse response = context.response();
    String host = request.getHeader(HttpHeaders.HOST);
    if (request.uri().length() > MAX_LINE) {
      Problem.end(response, Status.REQUEST_URI_TOO_LONG, "a path with its query has at most 8 KiB");
    } else if (size(request.headers()) > MAX_HEADERS) {
      Problem.end(
          response, Status.REQUEST_HEADER_FIELDS_TOO_LARGE, "all headers have at most 16 KiB");
    } else if (!hosts.allow(host)) {
      Problem.end(
          response,
          Status.FORBIDDEN,
          "the header Host takes an address, localhost or a name from the setting tcptop.hosts, not '"
              + host
              + "'");
    } else if (hasBody(request)) {
      // The rest of the request is not read.
      response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      response.endHandler(done -> request.connection().close());
      Problem.end(response, Status.REQUEST_ENTITY_TOO_LARGE, "no request takes a body");
    } else if (token.isPresent()
        && !OPEN.contains(request.path())
        && !token.get().isBorneBy(request.getHeader(HttpHeaders.AUTHORIZATION))) {
      response.putHeader("WWW-Authenticate", "Bearer realm=\"tcptop\"");
      Problem.end(
          response,
          Status.UNAUTHORIZED,
          "the header Authorization takes Bearer and the token "
              + (madeToken ? "in " + tokenPath.get() : "of --token-file"));
    } else {
      context.next();
    }
  }

  /** The size as it was received: each header has a colon, a blank and the end of its line. */
  private static int size(MultiMap headers) {
    int size = 0;
    for (Map.Entry<String, String> header : headers) {
      size += header.getKey().length() + header.getValue().length() + 4;
    }
    return size;
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"));
  }
}
