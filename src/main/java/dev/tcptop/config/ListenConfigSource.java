package dev.tcptop.config;

import dev.tcptop.config.TcptopConfig.Listen;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Gives Quarkus' HTTP server the host and port of {@code tcptop.listen}, wherever that was set:
 * with a certificate ({@code quarkus.tls.key-store.*}) for HTTPS alone. With {@code tcptop.once}
 * there is no HTTP.
 */
public final class ListenConfigSource implements ConfigSourceFactory {
  /** Above application.properties (250), below the environment (300). */
  private static final int ORDINAL = 260;

  /** As a key, or as a variable of the environment. */
  private static final Pattern CERTIFICATE =
      Pattern.compile(
          "^quarkus\\.(tls\\.key-store\\.(pem|p12|jks)\\.|http\\.tls-configuration-name$)"
              + "|^QUARKUS_(TLS_KEY_STORE_(PEM|P12|JKS)_|HTTP_TLS_CONFIGURATION_NAME$)");

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
    String port = Integer.toString(listen.port());
    Map<String, String> values = new HashMap<>();
    values.put("quarkus.http.host", listen.host());
    values.put("quarkus.http.port", port);
    values.put("quarkus.http.host-enabled", Boolean.toString(http));
    if (isTls(context)) {
      values.put("quarkus.http.ssl-port", port);
      values.put("quarkus.http.insecure-requests", "disabled");
    }
    return List.of(new PropertiesConfigSource(values, "tcptop.listen", ORDINAL));
  }

  /** Whether there is a certificate to serve with. */
  private static boolean isTls(ConfigSourceContext context) {
    for (Iterator<String> names = context.iterateNames(); names.hasNext(); ) {
      String name = names.next();
      if (CERTIFICATE.matcher(name).find()) {
        return true;
      }
    }
    return false;
  }
}
