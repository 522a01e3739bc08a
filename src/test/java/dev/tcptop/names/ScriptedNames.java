package dev.tcptop.names;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Naming;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Names that a test gives, and the questions that it was asked. */
public final class ScriptedNames implements Names {
  private final Map<Long, Naming> known = new HashMap<>();
  private final Set<Long> renamed = new HashSet<>();

  /** The ids of the connections that were asked for, in order. */
  public final List<Long> asked = new ArrayList<>();

  /** From now on the connection has this pod, which the next drain tells. */
  public void name(long id, String pod) {
    known.put(id, new Naming(pod, null, null));
    renamed.add(id);
  }

  @Override
  public Naming of(Tuple connection, Owner owner) {
    asked.add(connection.id());
    return known.getOrDefault(connection.id(), Naming.NONE);
  }

  @Override
  public @Nullable Predicate<Connection> drain() {
    if (renamed.isEmpty()) {
      return null;
    }
    Set<Long> ids = Set.copyOf(renamed);
    renamed.clear();
    return connection -> ids.contains(connection.id());
  }
}
