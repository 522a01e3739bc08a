package dev.tcptop.names;

import dev.tcptop.model.Naming;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Tuple;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Names that a test gives, and the questions that it was asked. */
public final class ScriptedNames implements Names {
  private final Map<Long, Naming> known = new HashMap<>();
  private final List<Long> renamed = new ArrayList<>();

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
  public void drain(LongConsumer renamed) {
    this.renamed.forEach(renamed::accept);
    this.renamed.clear();
  }
}
