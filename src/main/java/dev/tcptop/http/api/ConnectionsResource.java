package dev.tcptop.http.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tcptop.format.ConnectionJson;
import dev.tcptop.format.SafeJson;
import dev.tcptop.http.guard.Problem;
import dev.tcptop.model.Connection;
import dev.tcptop.publish.ConnectionFeed;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
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

/** One connection as the last tick left it. No thread waits for the table's answer. */
@Path(SnapshotRoute.PATH)
@Blocking
public class ConnectionsResource {
  private static final JsonFactory JSON = SafeJson.builder().build();

  private final ConnectionFeed feed;

  ConnectionsResource(ConnectionFeed feed) {
    this.feed = feed;
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
}
