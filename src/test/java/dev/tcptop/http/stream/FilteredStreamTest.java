package dev.tcptop.http.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tcptop.Patience;
import dev.tcptop.collect.ScriptedCollector;
import dev.tcptop.collect.ScriptedReading;
import dev.tcptop.http.stream.EventEncoder.Form;
import dev.tcptop.model.TcpState;
import dev.tcptop.publish.StagedFeed;
import dev.tcptop.query.Filter;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A subscriber to {@code bytesIn > 1000} whose socket fills when the test says so. */
class FilteredStreamTest {
  private static final long WATCHED = 1;

  private final ScriptedCollector collector = new ScriptedCollector();
  private final StagedFeed feed = new StagedFeed(collector);
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Buffer written = Buffer.buffer();
  private final HttpServerResponse response =
      (HttpServerResponse)
          Proxy.newProxyInstance(
              getClass().getClassLoader(), new Class<?>[] {HttpServerResponse.class}, this::call);
  private @Nullable Handler<Void> drained;

  /** Pieces that the socket still takes. */
  private int room = Integer.MAX_VALUE;

  private int read;

  @SuppressWarnings("unchecked")
  private @Nullable Object call(Object proxy, Method method, Object[] arguments) {
    switch (method.getName()) {
      case "write" -> {
        written.appendBuffer((Buffer) arguments[0]);
        room--;
        if (arguments.length == 2) {
          ((Handler<AsyncResult<Void>>) arguments[1]).handle(Future.succeededFuture());
        }
        return null;
      }
      case "writeQueueFull" -> {
        return room <= 0;
      }
      case "drainHandler" -> drained = (Handler<Void>) arguments[0];
      default -> {}
    }
    return method.getReturnType().isInstance(proxy) ? proxy : null;
  }

  @BeforeEach
  void subscribe() throws Exception {
    feed.tick();
    subscribe(LazyPieces.BUDGET);
  }

  private void subscribe(Duration budget) throws InterruptedException {
    int others = feed.feed().listeners();
    Subscriber stream =
        new Subscriber(
            feed.feed(),
            new SharedEvents(new EventEncoder(Form.NDJSON, "run"), budget),
            Filter.parse("bytesIn > 1000"),
            LastEvent.NONE,
            response,
            context,
            Runnable::run,
            new SubscriberMemory(Long.MAX_VALUE, () -> 0));
    onContext(stream::start);
    while (feed.feed().listeners() == others) {
      Thread.onSpinWait();
    }
  }

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void onContext(Runnable task) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    context.runOnContext(
        nothing -> {
          task.run();
          done.countDown();
        });
    assertThat(done.await(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  /** Room for so many pieces from now on. */
  private void take(int pieces) throws InterruptedException {
    onContext(
        () -> {
          room = pieces;
          if (pieces > 0 && drained != null) {
            drained.handle(null);
          }
        });
  }

  private static ScriptedReading of(long id, long bytesIn) {
    return ScriptedReading.tcp(id).bytes(bytesIn, 0);
  }

  private void tick(ScriptedReading... readings) throws InterruptedException {
    for (ScriptedReading reading : readings) {
      collector.report(reading);
    }
    feed.tick();
    onContext(() -> {}); // it has come to the stream
  }

  private void tickOf(long from, long to, long bytesIn, boolean closed) throws Exception {
    List<ScriptedReading> readings = new ArrayList<>();
    for (long id = from; id <= to; id++) {
      ScriptedReading reading = of(id, bytesIn);
      readings.add(closed ? reading.closed(TcpState.FIN_WAIT2, 0) : reading);
    }
    tick(readings.toArray(ScriptedReading[]::new));
  }

  /** What was written since the last time, once it ends with a tick. */
  private List<String> toldUpToATick() throws Exception {
    return toldOnce(told -> told.indexOf("tick") == told.size() - 1);
  }

  private List<String> toldOnce(Predicate<List<String>> complete) throws Exception {
    long deadline = System.nanoTime() + Patience.LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      List<String> told = told();
      if (!told.isEmpty() && complete.test(told)) {
        onContext(() -> read = written.length());
        return told;
      }
      Thread.sleep(Patience.PAUSE.toMillis());
    }
    throw new AssertionError("not all is told: " + told());
  }

  private List<String> told() throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>();
    onContext(() -> lines.addAll(written.getString(read, written.length()).lines().toList()));
    List<String> told = new ArrayList<>();
    for (String line : lines) {
      JsonNode event = new ObjectMapper().readTree(line);
      told.add((event.path("event").asText() + " " + event.path("id").asText()).strip());
    }
    return told;
  }

  /** It held a snapshot or a frame for its client until then. */
  @Test
  void whoTakesNothingForManyFramesBeginsAnew() throws Exception {
    tick(of(WATCHED, 5000));
    toldUpToATick();
    take(0);
    for (int i = 0; i <= Subscriber.LONGEST_STALL_FRAMES; i++) {
      tick(of(WATCHED, 6000 + i));
    }
    take(Integer.MAX_VALUE);

    assertThat(toldOnce(told -> !told.isEmpty())).startsWith("present 1");
  }

  @Test
  void whatMatchesMeanwhileIsOpenedWhenTheClientReadsOn() throws Exception {
    tick(of(WATCHED, 5));
    toldUpToATick();
    take(0);
    tick(of(WATCHED, 500));
    tick(of(WATCHED, 5000));

    assertThat(told()).isEmpty();
    take(Integer.MAX_VALUE);

    assertThat(toldUpToATick()).containsExactly("opened 1", "tick");
  }

  @Test
  void whatWasShownIsShownToItsCloseThoughTheClientIsBehind() throws Exception {
    tick(of(WATCHED, 5000));
    assertThat(toldUpToATick()).containsExactly("opened 1", "tick");
    take(0);
    tick(of(WATCHED, 6000));
    tick(of(WATCHED, 6000).closed(TcpState.FIN_WAIT2, 0));
    take(Integer.MAX_VALUE);

    assertThat(toldUpToATick()).containsExactly("closed 1", "tick");
  }

  /** More closes than are kept come while it has half of a frame: the rest of that is dropped. */
  @Test
  void whoHasHalfAFrameAndIsTooFarBehindBeginsAnew() throws Exception {
    take(1);
    tickOf(1000, 1200, 5000, false);
    assertThat(toldOnce(some -> some.size() == LazyPieces.PIECE))
        .contains("opened 1000")
        .doesNotContain("tick");
    tickOf(10_000, 20_500, 5, true);
    take(Integer.MAX_VALUE);

    assertThat(toldOnce(all -> all.size() == 1 + 201))
        .startsWith("gap")
        .contains("present 1000", "present 1200");
    tick(of(1200, 6000), of(1000, 5000).closed(TcpState.FIN_WAIT2, 0));
    assertThat(toldUpToATick()).containsExactly("updated 1200", "closed 1000", "tick");
  }

  /** The other subscriber sees all of it. */
  @Test
  void whatTakesTooLongIsAGap() throws Exception {
    tickOf(1000, 1200, 5000, false);
    toldUpToATick();
    subscribe(Duration.ZERO);

    assertThat(toldOnce(told -> !told.isEmpty())).containsExactly("gap");
  }
}
