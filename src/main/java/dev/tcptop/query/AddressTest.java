package dev.tcptop.query;

import dev.tcptop.model.Address;
import dev.tcptop.model.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether an end of a connection is in one of many networks. Such tests of the same key that are
 * joined by {@code or} become one test, and a test is one search, however many networks it has.
 */
final class AddressTest implements Predicate<Connection> {
  /** Networks that are compared one after the other as fast as by a search. */
  private static final int FEW = 4;

  private final Key key;
  private final Value.OfAddress first;
  private final Value.OfAddress last;
  private final List<Network> networks;

  /** Networks of any scope that do not overlap, in their order. */
  private final Network[] sorted;

  /** Networks of one scope. */
  private final Network[] scoped;

  /**
   * @param key of addresses; both ends are read before the first is compared, and a key for one end
   *     is read twice
   */
  AddressTest(Key key, List<Network> networks) {
    this.key = key;
    this.networks = networks;
    Value.OfAddress[] ends = key.values().toArray(Value.OfAddress[]::new);
    first = ends[0];
    last = ends[ends.length - 1];
    sorted = withoutOverlap(networks.stream().filter(Network::hasAnyScope).sorted().toList());
    scoped = networks.stream().filter(network -> !network.hasAnyScope()).toArray(Network[]::new);
  }

  /** Of two networks one contains the other, or they have nothing in common. */
  private static Network[] withoutOverlap(List<Network> sorted) {
    List<Network> kept = new ArrayList<>();
    @Nullable Network before = null;
    for (Network network : sorted) {
      if (before == null || !before.contains(network)) {
        kept.add(network);
        before = network;
      }
    }
    return kept.toArray(Network[]::new);
  }

  @Override
  public boolean test(Connection connection) {
    Address one = first.address(connection);
    Address other = last.address(connection);
    return contains(one) || contains(other);
  }

  private boolean contains(Address address) {
    return (sorted.length > FEW ? isSorted(address) : isIn(sorted, address))
        || isIn(scoped, address);
  }

  private static boolean isIn(Network[] networks, Address address) {
    for (Network network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the last network that begins at the address or before it contains the address. */
  private boolean isSorted(Address address) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle].beginsAfter(address)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low > 0 && sorted[low - 1].contains(address);
  }

  @Override
  public Predicate<Connection> or(Predicate<? super Connection> other) {
    if (other instanceof AddressTest test && test.key.equals(key)) {
      List<Network> both = new ArrayList<>(networks);
      both.addAll(test.networks);
      return new AddressTest(key, both);
    }
    return Predicate.super.or(other);
  }
}
