package dev.tcptop.format;

import dev.tcptop.model.Connection;
import dev.tcptop.model.ConnectionBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys that the walk over a connection's fields gives, in its order. */
public final class FieldKeys {
  private FieldKeys() {}

  /** All keys, of a connection that has a value for most. */
  public static List<String> all() throws IOException {
    return of(ConnectionBuilder.tcp(1).build());
  }

  static List<String> of(Connection connection) throws IOException {
    List<String> keys = new ArrayList<>();
    ConnectionFields.walk(
        connection,
        new FieldSink() {
          @Override
          public void text(String key, @Nullable String value) {
            keys.add(key);
          }

          @Override
          public void number(String key, long value) {
            keys.add(key);
          }

          @Override
          public void noNumber(String key) {
            keys.add(key);
          }

          @Override
          public void truth(String key, boolean value) {
            keys.add(key);
          }
        });
    return keys;
  }
}
