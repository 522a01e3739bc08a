package dev.tcptop.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.core.Response;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProblemTest {

  @Test
  void aProblemSaysItsStatusTwiceAndItsDetail() {
    Response response = Problem.of(Response.Status.NOT_FOUND, "there is none");

    assertThat(response.getStatus()).isEqualTo(404);
    assertThat(response.getMediaType()).hasToString("application/problem+json");
    assertThat(response.getEntity())
        .isEqualTo(
            Map.of(
                "type", "about:blank",
                "title", "Not Found",
                "status", 404,
                "detail", "there is none"));
  }
}
