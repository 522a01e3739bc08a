package dev.tcptop.http.stream;

import dev.tcptop.query.Budget;
import dev.tcptop.query.BudgetExceededException;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Pieces of one subscriber alone. Between two pieces it holds a place in what all subscribers
 * share, and no events. A piece takes one turn on the threads for evaluations, so that others have
 * theirs; all pieces together have a budget.
 */
abstract class LazyPieces implements Pieces {
  /** Events in a piece, some 25 KB. */
  static final int PIECE = 32;

  /** The evaluation of all pieces takes this at most. */
  static final Duration BUDGET = Duration.ofSeconds(2);

  private static final long TURN_NANOS = 20_000_000;
  private static final int STEPS_A_LOOK = 16;

  private final EventEncoder encoder;
  private final Duration budget;
  private long spent;
  private boolean ended;

  LazyPieces(EventEncoder encoder, Duration budget) {
    this.encoder = encoder;
    this.budget = budget;
  }

  /**
   * Looks at the next connection or change, and adds the events that it makes.
   *
   * @return whether there are more
   */
  abstract boolean advance(List<Event> piece);

  @Override
  public boolean hasNext() {
    return !ended;
  }

  @Override
  public boolean isReady() {
    return false;
  }

  /**
   * The next piece.
   *
   * @throws BudgetExceededException if all pieces so far took more time than they may
   */
  @Override
  public Buffer next() {
    if (ended) {
      throw new NoSuchElementException();
    }
    long processor = Budget.processorNanos();
    long start = System.nanoTime();
    long taken = 0;
    List<Event> piece = new ArrayList<>(PIECE);
    for (int steps = 1; !ended && piece.size() < PIECE && taken < TURN_NANOS; steps++) {
      ended = !advance(piece);
      if (steps % STEPS_A_LOOK == 0) {
        taken = System.nanoTime() - start;
      }
    }
    spent += Budget.processorNanos() - processor;
    if (!ended && spent > budget.toNanos()) {
      throw new BudgetExceededException(budget);
    }
    return encoder.encode(piece);
  }
}
