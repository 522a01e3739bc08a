package dev.tcptop.http.api;

import dev.tcptop.http.guard.HttpErrors;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * {@code GET /q/openapi}: the document as it is in the jar. It is read at the start, since later
 * tcptop may not be allowed to open the jar. Quarkus' own extension would parse the document, which
 * took half a second of CPU and 10 MB.
 */
@ApplicationScoped
public class OpenApiRoute {
  private static final String PATH = "/q/openapi";
  private static final String DOCUMENT = "/META-INF/openapi.json";

  void route(@Observes Router router) {
    byte[] document = document();
    router
        .get(PATH)
        .handler(
            request ->
                request
                    .response()
                    .putHeader("Content-Type", "application/json")
                    .end(Buffer.buffer(document)));
    router.route(PATH).handler(HttpErrors::endOtherMethod);
  }

  private static byte[] document() {
    try (InputStream in = OpenApiRoute.class.getResourceAsStream(DOCUMENT)) {
      if (in == null) {
        throw new IllegalStateException(DOCUMENT + " is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
