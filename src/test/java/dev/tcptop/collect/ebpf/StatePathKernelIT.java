package dev.tcptop.collect.ebpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tcptop.model.Connection;
import dev.tcptop.model.Direction;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The states that a connection goes through, observed after each step of its two ends.
 *
 * <p>A row has the name of a case, its steps, and the reasons for which the client's and the
 * server's end closed; {@code -} stands for an end that does not exist. A step has the commands for
 * {@code state_workload.c} and, after a colon, the states of the client's and the server's end
 * afterwards. A client that has closed before the server is in CLOSE: what remains of it in
 * FIN_WAIT2 or TIME_WAIT is no longer a socket.
 */
class StatePathKernelIT {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          closed by the client, then by the server | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            server close: CLOSE CLOSE | normal normal
          closed by the server, then by the client | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            server shutdown: CLOSE_WAIT FIN_WAIT2; \
            client close: CLOSE CLOSE | normal normal
          left by the client at once | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client close: CLOSE CLOSE_WAIT; \
            server close: CLOSE CLOSE | normal normal
          half-closed, then data, then closed | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            server send, client receive: FIN_WAIT2 CLOSE_WAIT; \
            server close: CLOSE CLOSE | normal normal
          half-closed before it is accepted | \
            client connect: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            server accept: FIN_WAIT2 CLOSE_WAIT; \
            server close: CLOSE CLOSE | normal normal
          both FINs cross, the client hears first | \
            client connect, server accept, client deafen, server deafen: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT1 ESTABLISHED; \
            server shutdown: FIN_WAIT1 FIN_WAIT1; \
            client hear: CLOSING FIN_WAIT1; \
            server hear: CLOSE CLOSE | normal normal
          both FINs cross, the server hears first | \
            client connect, server accept, client deafen, server deafen: ESTABLISHED ESTABLISHED; \
            server shutdown: ESTABLISHED FIN_WAIT1; \
            client shutdown: FIN_WAIT1 FIN_WAIT1; \
            server hear: FIN_WAIT1 CLOSING; \
            client hear: CLOSE CLOSE | normal normal
          the client's FIN is heard late | \
            client connect, server accept, server deafen: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT1 ESTABLISHED; \
            server hear: FIN_WAIT2 CLOSE_WAIT; \
            server close: CLOSE CLOSE | normal normal
          the FIN of a client that has left is heard late | \
            client connect, server accept, server deafen: ESTABLISHED ESTABLISHED; \
            client close: FIN_WAIT1 ESTABLISHED; \
            server hear: CLOSE CLOSE_WAIT; \
            server close: CLOSE CLOSE | normal normal
          the client's FIN is never heard | \
            client connect, server accept, server deafen: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT1 ESTABLISHED; \
            client hurry: CLOSE ESTABLISHED; \
            server hear: CLOSE ESTABLISHED; \
            server close: CLOSE CLOSE | timeout reset
          the server's last FIN is heard late | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            client deafen, server close: FIN_WAIT2 LAST_ACK; \
            client hear: CLOSE CLOSE | normal normal
          the server's last FIN is never heard | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            client deafen, server shutdown: FIN_WAIT2 LAST_ACK; \
            server hurry: FIN_WAIT2 CLOSE; \
            client hear, client close: CLOSE CLOSE | normal timeout
          the SYN is heard late | \
            listener deafen, client connect: SYN_SENT -; \
            listener hear, server accept: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            server close: CLOSE CLOSE | normal normal
          the SYN is never heard | \
            listener deafen, client connect: SYN_SENT -; \
            client hurry: CLOSE - | timeout -
          the client closes before its SYN is heard | \
            listener deafen, client connect: SYN_SENT -; \
            client close: CLOSE - | normal -
          reset by the client | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client reset: CLOSE CLOSE | reset reset
          reset by the server | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            server reset: CLOSE CLOSE | reset reset
          reset by unread data | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            server send, client peek, client close: CLOSE CLOSE | reset reset
          half-closed, then reset by the one that is open | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            server reset: CLOSE CLOSE | reset reset
          half-closed, then reset by the one that has closed | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            client reset: CLOSE CLOSE | reset reset
          half-closed, then reset by unread data | \
            client connect, server accept: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT2 CLOSE_WAIT; \
            server send, client peek, client close: CLOSE CLOSE | reset reset
          half-closed, then reset before the FIN is heard | \
            client connect, server accept, server deafen: ESTABLISHED ESTABLISHED; \
            client shutdown: FIN_WAIT1 ESTABLISHED; \
            client reset: CLOSE ESTABLISHED; \
            server hear, server close: CLOSE CLOSE | reset reset
          """)
  void eachStateIsSeen(String what, String steps, String reasons) throws Exception {
    try (Netns netns = Netns.create();
        StagedWorkload workload = StagedWorkload.start(netns.behind(), "state_workload");
        Watch watch = Watch.begin()) {
      for (String step : steps.split(";")) {
        String[] parts = step.strip().split(": ");
        for (String command : parts[0].split(", ")) {
          workload.tell(command);
          assertThat(workload.line()).as("%s, %s", what, command).isEqualTo("done");
        }
        watch.awaitTicks(() -> states(watch, netns).equals(parts[1]));
        assertThat(states(watch, netns)).as("%s, after %s", what, parts[0]).isEqualTo(parts[1]);
      }
      assertThat(ends(watch.closes(), netns, Connection::closeReason))
          .as("why each end of %s closed, once", what)
          .isEqualTo(reasons.toUpperCase(Locale.ROOT));
    }
  }

  private static String states(Watch watch, Netns netns) {
    return ends(watch.seen(c -> true), netns, Connection::state);
  }

  /** A figure of the client's and of the server's end; several ends on a side are all listed. */
  private static String ends(List<Connection> all, Netns netns, Function<Connection, ?> what) {
    return Stream.of(Direction.OUTBOUND, Direction.INBOUND)
        .map(
            direction ->
                all.stream()
                    .filter(c -> c.netns() == netns.inode() && c.direction() == direction)
                    .map(c -> String.valueOf(what.apply(c)))
                    .reduce((a, b) -> a + "," + b)
                    .orElse("-"))
        .collect(Collectors.joining(" "));
  }
}
