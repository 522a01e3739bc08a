package dev.tcptop.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Three places. The words: {@code a} opens the connection a; {@code a?} is a byte of it, {@code a!}
 * the whole head of its request, {@code a.} its answer, {@code -a} its end, and {@code 10} that so
 * many seconds pass.
 */
class ConnectionPlacesTest {
  private long now;
  private final ConnectionPlaces places = new ConnectionPlaces(3, () -> now);
  private final TreeSet<String> closed = new TreeSet<>();
  private final Map<String, ConnectionPlaces.Peer> peers = new LinkedHashMap<>();

  private ConnectionPlaces.Peer peer(String name) {
    return peers.computeIfAbsent(
        name,
        key ->
            new ConnectionPlaces.Peer() {
              @Override
              void close() {
                closed.add(key);
                places.closed(this);
              }
            });
  }

  private void act(String word) {
    String name = word.replaceAll("\\W", "");
    if (word.matches("\\d+")) {
      now += Long.parseLong(word) * 1_000_000_000L + 1;
      places.closeOverdue();
    } else if (word.startsWith("-")) {
      places.closed(peer(name));
    } else if (word.endsWith("?")) {
      places.read(peer(name));
    } else if (word.endsWith("!")) {
      places.requestBegan(peer(name));
    } else if (word.endsWith(".")) {
      places.requestEnded(peer(name));
    } else {
      places.opened(peer(name));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # a newcomer has the place of the one that waits the longest
          a b c             |
          a b c d           | a
          a b c d e         | a b
          a a! b c d        | b
          a b c a! a. d     | b
          a b c -b d        |
          # those with a request keep theirs, and then the newcomer has none
          a a! b b! c c! d    | d
          a a! b b! c c! d e  | d e
          a a! b b! c c! c. d | c
          # the head of a request
          a 9               |
          a 10              | a
          a 9 a? 1          | a
          a a? 9 a! 99      |
          a b b! 10         | a
          # without a request
          a a! a. 59        |
          a a! a. 60        | a
          a a! a. 59 a? 9   |
          a a! a. 30 a? 10  | a
          a a! a. a? a! 99  |
          """)
  void whichAreClosed(String words, String expected) {
    for (String word : words.split(" ", -1)) {
      act(word);
    }
    assertThat(String.join(" ", closed)).isEqualTo(expected == null ? "" : expected);
  }
}
