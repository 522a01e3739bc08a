package dev.tcptop.config;

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
 * Gives Quarkus' HTTP server the host and port of {@code tcptop.listen}, wherever that key was set.
 * With a certificate ({@code quarkus.tls.key-store.*}) the port serves HTTPS alone. With {@code
 * tcptop.once} no HTTP is served.
 */
public final class ListenConfigSource implements ConfigSourceFactory {
  /** Above the file of settings (250), below the environment (300). */
  private static final int ORDINAL = 260;

  /** A setting that gives a certificate, as a key or as a variable of the environment. */
  private static final Pattern CERTIFICATE =
      Pattern.compile(
          "^quarkus\\.(tls\\.key-store\\.(pem|p12|jks)\\.|http\\.tls-configuration-name$)"
              + "|^QUARKUS_(TLS_KEY_STORE_(PEM|P12|JKS)_|HTTP_TLS_CONFIGURATION_NAME$)");

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    Listen listen;
    boolean once;
    try {
      listen = Listen.parse(value(context, "tcptop.listen", Defaults.LISTEN));
      once = Text.flag(value(context, "tcptop.once", "false"));
    } catch (BadValueException e) {
      return List.of(); // the mapping of the same key reports it to the user
    }
    String port = Integer.toString(listen.port());
    Map<String, String> values = new HashMap<>();
    values.put("quarkus.http.host", listen.host());
    values.put("quarkus.http.port", port);
    values.put("quarkus.http.host-enabled", Boolean.toString(!once));
    if (hasCertificate(context)) {
      values.put("quarkus.http.ssl-port", port);
      values.put("quarkus.http.insecure-requests", "disabled");
    }
    return List.of(new PropertiesConfigSource(values, "tcptop.listen", ORDINAL));
  }

  /** The defaults of {@link TcptopConfig} are not visible to a source. */
  private static String value(ConfigSourceContext context, String key, String otherwise) {
    ConfigValue value = context.getValue(key);
    return value == null || value.getValue() == null ? otherwise : value.getValue();
  }

  private static boolean hasCertificate(ConfigSourceContext context) {
    for (Iterator<String> names = context.iterateNames(); names.hasNext(); ) {
      if (CERTIFICATE.matcher(names.next()).find()) {
        return true;
      }
    }
    return false;
  }
}
