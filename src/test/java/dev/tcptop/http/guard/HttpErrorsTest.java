package dev.tcptop.http.guard;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What nothing serves, whichever library finds that out. */
@QuarkusTest
class HttpErrorsTest {

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing, */*, 404, /q/openapi",
    "GET, /api/v1/nothing, text/html, 404, /q/openapi",
    "GET, /api/v1/connections/1/2, */*, 404, /q/openapi",
    "GET, /q/health/nothing, */*, 404, /q/openapi",
    "DELETE, /nothing, */*, 404, /q/openapi",
    "POST, /api/v1/status, */*, 405, GET",
    "DELETE, /api/v1/connections/1, */*, 405, GET",
    "POST, /api/v1/events, */*, 405, GET",
    "POST, /q/openapi, */*, 405, GET",
    "GET, /api/v1/status, image/png, 406, Accept",
    "GET, /api/v1/connections, image/png, 406, Accept",
    "GET, /api/v1/events, image/png, 406, Accept",
  })
  void areProblems(String method, String path, String accept, int status, String detail) {
    given()
        .accept(accept)
        .request(method, path)
        .then()
        .statusCode(status)
        .contentType("application/problem+json")
        .body("status", equalTo(status))
        .body("detail", containsString(detail));
  }
}
