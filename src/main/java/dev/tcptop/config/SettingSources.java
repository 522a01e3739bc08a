package dev.tcptop.config;

import io.quarkus.runtime.annotations.StaticInitSafe;
import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.ConfigurableConfigSource;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.Expressions;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SmallRyeConfigBuilderCustomizer;
import io.smallrye.config.SysPropConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * Where settings come from: system properties, which options become (ordinal 400), the environment
 * (300), {@link SettingsFile} (250), and what the build recorded of application.properties (0).
 * Quarkus would read {@code .env} and {@code config/application.properties} too, in the directory
 * where tcptop is started and whoever owns that, and files that {@code smallrye.config.locations}
 * names.
 */
@StaticInitSafe
public final class SettingSources implements SmallRyeConfigBuilderCustomizer {
  private static final int ENVIRONMENT_ORDINAL = 300;
  private static final int FILE_ORDINAL = 250;

  @Override
  public void configBuilder(SmallRyeConfigBuilder builder) {
    // Quarkus' build looks its sources up, and needs application.properties. Its programs name
    // them.
    if (builder.isAddDiscoveredSources()) {
      return;
    }
    builder
        .setAddDefaultSources(false)
        .setAddSystemSources(false)
        .setAddPropertiesSources(false)
        .getSources()
        .removeIf(ConfigurableConfigSource.class::isInstance);
    builder
        .withSources(
            new SysPropConfigSource(),
            new EnvConfigSource(System.getenv(), ENVIRONMENT_ORDINAL),
            new PropertiesConfigSource(
                SettingsFile.read(), SettingsFile.PATH.toString(), FILE_ORDINAL))
        .withSources(new ListenConfigSource())
        .withInterceptors(new Verbatim());
  }

  /** After all others. */
  @Override
  public int priority() {
    return Integer.MAX_VALUE;
  }

  /**
   * Takes what a user gives as it is. Quarkus replaces <code>${…}</code> and <code>\$</code>, which
   * its own defaults need; in a filter or a password they stand for themselves.
   */
  static final class Verbatim implements ConfigSourceInterceptor {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
      ConfigValue value = Expressions.withoutExpansion(() -> context.proceed(name));
      return value == null || value.getConfigSourceOrdinal() >= FILE_ORDINAL
          ? value
          : context.proceed(name);
    }
  }
}
