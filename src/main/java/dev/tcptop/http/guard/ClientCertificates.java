package dev.tcptop.http.guard;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Mutual TLS: where a trust store is configured ({@code quarkus.tls.trust-store.*}), each client
 * has to present a certificate that the store trusts. Quarkus' own setting for this is fixed at
 * build time.
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
