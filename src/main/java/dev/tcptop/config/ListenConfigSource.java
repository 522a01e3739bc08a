package dev.tcptop.config;

import dev.tcptop.config.TcptopConfig.Listen;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Gives Quarkus' HTTP server the host and port of {@code tcptop.listen}, wherever that was set.
 * With {@code tcptop.once} there is no HTTP.
 */
public final class ListenConfigSource implements ConfigSourceFactory {
  /** Above application.properties (250), below the environment (300). */
  private static final int ORDINAL = 260;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    ConfigValue text = context.getValue("tcptop.listen");
    if (text == null || text.getValue() == null) {
      return List.of();
    }
    Listen listen;
    boolean http;
    try {
      listen = Settings.listen("listen", text.getValue());
      ConfigValue once = context.getValue("tcptop.once");
      http = once == null || once.getValue() == null || !Settings.flag("once", once.getValue());
    } catch (Settings.BadSettingException e) {
      return List.of(); // the mapping of the same key says so, to the user
    }
    return List.of(
        new PropertiesConfigSource(
            Map.of(
                "quarkus.http.host", listen.host(),
                "quarkus.http.port", Integer.toString(listen.port()),
                "quarkus.http.host-enabled", Boolean.toString(http)),
            "tcptop.listen",
            ORDINAL));
  }
}
