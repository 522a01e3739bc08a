package dev.tcptop.http.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.format.ConnectionJson;
import dev.tcptop.http.guard.BadParameterException;
import dev.tcptop.http.guard.Problem;
import dev.tcptop.http.guard.QueryParameters;
import dev.tcptop.model.Connection;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.Snapshot;
import dev.tcptop.query.Query;
import dev.tcptop.self.Node;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The table as the last tick left it. Blocking, since a body may be as long as the table and is
 * written as fast as the client reads; no thread waits for the table's answer.
 */
@Path("/api/v1/connections")
@Blocking
public class ConnectionsResource {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Set<String> SNAPSHOT_PARAMETERS = Set.of("filter", "sort", "limit");

  private final ConnectionFeed feed;
  private final TcptopConfig config;
  private final Node node;

  ConnectionsResource(ConnectionFeed feed, TcptopConfig config, Node node) {
    this.feed = feed;
    this.config = config;
    this.node = node;
  }

  /**
   * The connections that {@code filter} lets through, in the order of {@code sort}, at most {@code
   * limit}; without parameters all of them, in the order of their ids. 400 as a problem for any
   * other parameter or value.
   */
  @GET
  @Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
  public Uni<Response> snapshot(@Context HttpServerRequest request) {
    Query query;
    try {
      query = QueryParameters.read(request.query(), SNAPSHOT_PARAMETERS);
    } catch (BadParameterException e) {
      return Uni.createFrom().item(Problem.of(e));
    }
    return feed.snapshot()
        .map(
            snapshot -> {
              List<Connection> shown = query.select(snapshot.connections());
              return json(out -> write(snapshot, shown, out));
            });
  }

  /** One connection; 404 as a problem where there is none with this id. */
  @GET
  @Path("{id}")
  @Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
  public Uni<Response> connection(@PathParam("id") String id) {
    return find(id)
        .map(
            found ->
                found
                    .map(connection -> json(out -> write(connection, out)))
                    .orElseGet(
                        () ->
                            Problem.of(
                                Response.Status.NOT_FOUND,
                                "there is no connection with the id '"
                                    + id
                                    + "': it may have closed; GET /api/v1/connections lists those"
                                    + " that are there")));
  }

  private Uni<Optional<Connection>> find(String id) {
    return parse(id).map(feed::connection).orElseGet(() -> Uni.createFrom().item(Optional.empty()));
  }

  private static Response json(StreamingOutput body) {
    return Response.ok(body, MediaType.APPLICATION_JSON_TYPE)
        .header("Cache-Control", "no-store")
        .build();
  }

  private static Optional<Long> parse(String id) {
    try {
      return Optional.of(Long.valueOf(id));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static void write(Connection connection, OutputStream out) throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      ConnectionJson.write(json, connection);
    }
  }

  private void write(Snapshot snapshot, List<Connection> shown, OutputStream out)
      throws IOException {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("node", node.name());
      ConnectionJson.time(json, "time", snapshot.frame().time());
      json.writeNumberField("intervalMillis", config.interval().toMillis());
      json.writeBooleanField("complete", snapshot.frame().complete());
      ConnectionJson.lost(json, snapshot.lost());
      json.writeNumberField("total", snapshot.connections().size());
      json.writeNumberField("shown", shown.size());
      json.writeArrayFieldStart("connections");
      for (Connection connection : shown) {
        ConnectionJson.write(json, connection);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
