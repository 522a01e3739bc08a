package dev.tcptop.names;

import dev.tcptop.model.Naming;
import dev.tcptop.model.Owner;
import dev.tcptop.model.Tuple;
import java.util.function.LongConsumer;

/**
 * A source of names. The table asks for them where it makes the view of a connection, so filters,
 * sort orders, replay and metrics know the names too. All methods are called by the table's thread
 * and return at once: a name that has to be fetched comes later.
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
        public void drain(LongConsumer renamed) {}
      };

  /** The names that are known at this moment, from memory. */
  Naming of(Tuple connection, Owner owner);

  /**
   * Tells which connections have got other names since {@link #of} answered for them. The table
   * asks once a tick and shows these connections as updated.
   *
   * @param renamed is given the id of each; an id that the table does not hold any more is passed
   *     over
   */
  void drain(LongConsumer renamed);
}
