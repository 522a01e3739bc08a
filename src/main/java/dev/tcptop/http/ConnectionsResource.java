package dev.tcptop.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.config.TcptopConfig;
import dev.tcptop.model.Connection;
import dev.tcptop.publish.ConnectionFeed;
import dev.tcptop.publish.Snapshot;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** The table as the last tick left it. */
@Path("/api/v1/connections")
@Blocking
public class ConnectionsResource {
  private static final JsonFactory JSON = new JsonFactory();

  private final ConnectionFeed feed;
  private final TcptopConfig config;
  private final Node node;

  ConnectionsResource(ConnectionFeed feed, TcptopConfig config, Node node) {
    this.feed = feed;
    this.config = config;
    this.node = node;
  }

  /** All connections. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public Response snapshot() {
    Snapshot snapshot = feed.snapshot().toCompletableFuture().join();
    StreamingOutput body = out -> write(snapshot, out);
    return Response.ok(body, MediaType.APPLICATION_JSON_TYPE)
        .header("Cache-Control", "no-store")
        .build();
  }

  /** One connection; 404 as a problem where there is none with this id. */
  @GET
  @Path("{id}")
  @Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
  public Response connection(@PathParam("id") String id) {
    Optional<Connection> found = parse(id).flatMap(this::find);
    if (found.isEmpty()) {
      return Problem.of(
          Response.Status.NOT_FOUND,
          "there is no connection with the id '"
              + id
              + "': it may have closed; GET /api/v1/connections lists those that are there");
    }
    StreamingOutput body =
        out -> {
          try (JsonGenerator json = JSON.createGenerator(out)) {
            ConnectionJson.write(json, found.get());
          }
        };
    return Response.ok(body, MediaType.APPLICATION_JSON_TYPE)
        .header("Cache-Control", "no-store")
        .build();
  }

  private Optional<Connection> find(long id) {
    return feed.connection(id).toCompletableFuture().join();
  }

  private static Optional<Long> parse(String id) {
    try {
      return Optional.of(Long.valueOf(id));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private void write(Snapshot snapshot, OutputStream out) throws IOException {
    int total = snapshot.connections().size();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("node", node.name());
      ConnectionJson.time(json, "time", snapshot.frame().time());
      json.writeNumberField("intervalMillis", config.interval().toMillis());
      json.writeBooleanField("complete", snapshot.lost().none());
      ConnectionJson.lost(json, snapshot.lost());
      json.writeNumberField("total", total);
      json.writeNumberField("shown", total);
      json.writeArrayFieldStart("connections");
      for (Connection connection : snapshot.connections()) {
        ConnectionJson.write(json, connection);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
