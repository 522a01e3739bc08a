package dev.tcptop.names;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Naming;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Tuple;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A source of names. The table asks for them where it makes the view of a connection, so filters,
 * sort orders, replay and metrics know the names too. All methods are called by the table's thread
 * and return at once: a name that has to be fetched comes later. A source keeps names by what they
 * name, a process or an address, and needs no list of the connections: the table has it.
 */
public interface Names {
  /** Knows no names. */
  Names NONE =
      new Names() {
        @Override
        public Naming of(Tuple connection, Owner owner) {
          return Naming.NONE;
        }

        @Override
        public @Nullable Predicate<Connection> drain() {
          return null;
        }
      };

  /** The names that are known at this moment, from memory. */
  Naming of(Tuple connection, Owner owner);

  /**
   * Takes in the names that have come since the last call, and tells which connections they may
   * concern. The table calls this once a tick, asks {@link #of} again for the connections that the
   * predicate finds, and shows those as updated whose names differ.
   *
   * @return of a connection as it was last shown; used within the tick, and once for each
   *     connection held, so it should be cheap. Null: no name has come, and nothing is asked
   */
  @Nullable Predicate<Connection> drain();
}
