package dev.tcptop.model;

import dev.tcptop.model.Connection.TcpFigures;
import dev.tcptop.model.Connection.Traffic;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A connection that a test describes. Each setter changes it and returns it. */
public final class ConnectionBuilder {
  private final long id;
  private final Protocol protocol;
  private Family family = Family.IPV4;
  private Endpoint local = Endpoint.of("10.0.0.1", 40000);
  private Endpoint remote = Endpoint.of("10.0.0.2", 443);
  private Direction direction = Direction.UNKNOWN;
  private @Nullable TcpState state;
  private Phase phase = Phase.OPEN;
  private boolean partial;
  private Owner owner = Owner.NOBODY;
  private Traffic traffic = new Traffic(0, 0, 0, 0, 0, 0);
  private @Nullable TcpFigures tcp;
  private Naming naming = Naming.NONE;
  private @Nullable End end;

  private ConnectionBuilder(long id, Protocol protocol) {
    this.id = id;
    this.protocol = protocol;
  }

  /** An open, established, outbound connection of curl. */
  public static ConnectionBuilder tcp(long id) {
    ConnectionBuilder builder = new ConnectionBuilder(id, Protocol.TCP);
    builder.direction = Direction.OUTBOUND;
    builder.state = TcpState.ESTABLISHED;
    builder.owner = new Owner(1234, "curl", PidSource.CONNECT);
    builder.tcp = new TcpFigures(12_300, 9_000, 2, 70_000, 80_000);
    return builder;
  }

  /** An open flow of dig. */
  public static ConnectionBuilder udp(long id) {
    ConnectionBuilder builder = new ConnectionBuilder(id, Protocol.UDP);
    builder.owner = new Owner(5678, "dig", PidSource.SEND);
    return builder;
  }

  public ConnectionBuilder ends(Family family, Endpoint local, Endpoint remote) {
    this.family = family;
    this.local = local;
    this.remote = remote;
    return this;
  }

  public ConnectionBuilder phase(Phase phase) {
    this.phase = phase;
    return this;
  }

  public ConnectionBuilder partial() {
    this.partial = true;
    return this;
  }

  public ConnectionBuilder owner(Owner owner) {
    this.owner = owner;
    return this;
  }

  public ConnectionBuilder traffic(Traffic traffic) {
    this.traffic = traffic;
    return this;
  }

  public ConnectionBuilder tcp(TcpFigures tcp) {
    this.tcp = tcp;
    return this;
  }

  public ConnectionBuilder naming(Naming naming) {
    this.naming = naming;
    return this;
  }

  /** Ended; a flow has no reason. */
  public ConnectionBuilder closed(@Nullable CloseReason reason) {
    phase = Phase.CLOSED;
    state = protocol == Protocol.TCP ? TcpState.CLOSE : null;
    end = new End(reason, Instant.parse("2025-03-04T05:06:09Z"));
    return this;
  }

  public Connection build() {
    return new Connection(
        new Tuple(
            id,
            protocol,
            family,
            local,
            remote,
            4_026_531_840L,
            partial,
            Instant.parse("2025-03-04T05:06:07Z")),
        direction,
        state,
        phase,
        owner,
        1000,
        traffic,
        tcp,
        naming,
        Instant.parse("2025-03-04T05:06:08.250Z"),
        end);
  }
}
