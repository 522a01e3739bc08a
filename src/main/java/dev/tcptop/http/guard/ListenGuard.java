package dev.tcptop.http.guard;

import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.Listen;
import dev.tcptop.config.TcptopConfig;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Refuses an address that other machines reach, unless there is a token or the user allows it
 * ({@code --insecure}). It checks the address that Quarkus will listen on, wherever that was set,
 * before anything is loaded or a port is open.
 */
@ApplicationScoped
public class ListenGuard {
  private final TcptopConfig config;
  private final Listen listen;

  ListenGuard(
      TcptopConfig config,
      @ConfigProperty(name = "quarkus.http.host") String host,
      @ConfigProperty(name = "quarkus.http.port") int port) {
    this.config = config;
    this.listen = new Listen(host, port);
  }

  /**
   * Checks the address.
   *
   * @throws BadSettingException if it is refused
   */
  void check() {
    if (!listen.isLoopback() && config.tokenFile().isEmpty() && !config.insecure()) {
      throw new BadSettingException(
          "listen",
          "an address of this machine alone, such as 127.0.0.1:7070, unless --token-file says who"
              + " may ask, or --insecure lets all who reach it see all connections",
          listen.toString());
    }
  }
}
