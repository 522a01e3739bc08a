package dev.tcptop.http.stream;

import dev.tcptop.publish.Snapshot;
import dev.tcptop.table.Frame;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory of all subscribers together, and its bound. It is estimated: unsent bytes, the ids of
 * selections, and what frames and snapshots keep though the table has newer objects. Beyond the
 * bound, subscribers are relieved of what they are owed, first those that are behind, the one that
 * is behind the longest before all, then the oldest ones; each begins anew when it reads on. If
 * that does not suffice, those with unsent bytes are cut, in the same order. Thread-safe.
 */
final class SubscriberMemory {
  /** A connection as a frame has it, with its parts. */
  static final int CONNECTION_BYTES = 400;

  private static final int REFERENCE_BYTES = 8;

  private final long limit;
  private final LongSupplier newestSequence;

  /** In the order in which they came. */
  private final Set<Member> members = new LinkedHashSet<>();

  /** A subscriber. All methods are called on any thread. */
  interface Member {
    /** What is kept for it alone, in bytes, without {@link #unsentBytes}. */
    long ownBytes();

    /** The bytes that are on their way to its socket: only the end of the connection frees them. */
    long unsentBytes();

    /** The frame or snapshot that is kept for it, and for others perhaps; null: none. */
    @Nullable Object source();

    /** Since when its socket takes nothing, as {@link System#nanoTime}; 0: it does. */
    long behindSince();

    /** Frees what is kept, except for unsent bytes. */
    void relieve();

    /** Ends the connection. */
    void cut();
  }

  /**
   * @param limit in bytes
   * @param newestSequence the sequence number of the last event that there was
   */
  SubscriberMemory(long limit, LongSupplier newestSequence) {
    this.limit = limit;
    this.newestSequence = newestSequence;
  }

  synchronized void add(Member member) {
    members.add(member);
  }

  synchronized void remove(Member member) {
    members.remove(member);
  }

  private synchronized List<Member> all() {
    return new ArrayList<>(members);
  }

  /** Looks at all subscribers, and frees memory where they have too much together. */
  void look() {
    List<Member> all = all();
    Sum sum = new Sum(newestSequence.getAsLong());
    all.forEach(sum::add);
    if (sum.bytes <= limit) {
      return;
    }
    List<Member> behind =
        all.stream()
            .filter(member -> member.behindSince() != 0)
            .sorted(Comparator.comparingLong(Member::behindSince))
            .toList();
    Set<Member> inOrder = new LinkedHashSet<>(behind);
    inOrder.addAll(all);
    for (Member member : inOrder) {
      if (sum.bytes > limit && (member.behindSince() != 0 || holds(member))) {
        sum.relieve(member);
        member.relieve();
      }
    }
    for (Member member : inOrder) {
      if (sum.bytes > limit && member.unsentBytes() > 0) {
        sum.bytes -= member.unsentBytes();
        member.cut();
      }
    }
  }

  /** Whether there is something to relieve it of. */
  private static boolean holds(Member member) {
    return member.source() != null || member.ownBytes() > 0;
  }

  /** The memory of some subscribers. */
  private static final class Sum {
    private final long newest;
    private final IdentityHashMap<Object, Integer> keepers = new IdentityHashMap<>();
    private final IdentityHashMap<Member, @Nullable Object> kept = new IdentityHashMap<>();
    private long bytes;

    Sum(long newest) {
      this.newest = newest;
    }

    void add(Member member) {
      Object source = member.source();
      kept.put(member, source);
      bytes += member.ownBytes() + member.unsentBytes();
      if (source != null && keepers.merge(source, 1, Integer::sum) == 1) {
        bytes += bytesOf(source);
      }
    }

    /** Takes away what the member has but unsent bytes. */
    void relieve(Member member) {
      Object source = kept.remove(member);
      bytes -= member.ownBytes();
      if (source != null && keepers.merge(source, -1, Integer::sum) == 0) {
        bytes -= bytesOf(source);
      }
    }

    /** A later event replaces one connection at most, and only what is replaced is kept for it. */
    private long bytesOf(Object source) {
      long connections;
      long since;
      if (source instanceof Snapshot snapshot) {
        connections = snapshot.connections().size();
        since = newest - snapshot.frame().lastSequence();
      } else {
        Frame frame = (Frame) source;
        connections = frame.events();
        since = newest - frame.lastSequence();
      }
      return connections * REFERENCE_BYTES + Math.min(connections, since) * CONNECTION_BYTES;
    }
  }
}
