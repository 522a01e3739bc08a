package dev.tcptop.http.guard;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Mutual TLS: where the user names whom to trust ({@code quarkus.tls.trust-store.*}), a client has
 * to show a certificate of theirs. Quarkus' own switch for it is fixed when it is built.
 */
@ApplicationScoped
public class ClientCertificates implements HttpServerOptionsCustomizer {
  @Override
  public void customizeHttpsServer(HttpServerOptions options) {
    if (options.getTrustOptions() != null) {
      options.setClientAuth(ClientAuth.REQUIRED);
    }
  }
}
