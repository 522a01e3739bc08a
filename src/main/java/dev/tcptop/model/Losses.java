package dev.tcptop.model;

/**
 * What could not be observed, by cause.
 *
 * @param closes closing records that found the ring buffer full
 * @param sockets sockets that found the table of sockets full
 * @param flows UDP datagrams of flows that found the table full
 * @param datagrams UDP datagrams whose headers could not be read
 * @param events state changes in an interrupt that hit the kernel program itself
 */
public record Losses(long closes, long sockets, long flows, long datagrams, long events) {

  public static final Losses NONE = new Losses(0, 0, 0, 0, 0);

  /** Whether nothing was lost. */
  public boolean none() {
    return (closes | sockets | flows | datagrams | events) == 0;
  }

  /** What came since an earlier state of the same counts. */
  public Losses since(Losses earlier) {
    return new Losses(
        closes - earlier.closes,
        sockets - earlier.sockets,
        flows - earlier.flows,
        datagrams - earlier.datagrams,
        events - earlier.events);
  }

  /** The sum of two. */
  public Losses plus(Losses other) {
    return new Losses(
        closes + other.closes,
        sockets + other.sockets,
        flows + other.flows,
        datagrams + other.datagrams,
        events + other.events);
  }

  /** Whether a connection may have ended without its closing record. */
  public boolean hidesCloses() {
    return closes != 0 || events != 0;
  }
}
