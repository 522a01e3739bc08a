package dev.tcptop.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tcptop.product.support.Answer;
import dev.tcptop.product.support.Await;
import dev.tcptop.product.support.Launch;
import dev.tcptop.product.support.Needs;
import dev.tcptop.product.support.Product;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPS by the keys {@code quarkus.tls.*}. */
class TlsIT {
  private static final char[] PASSWORD = "changeit".toCharArray();

  /** Certificates: two of the server, both for 127.0.0.1, and two of clients. */
  private static final List<String> NAMES = List.of("first", "second", "client", "stranger");

  @TempDir private static Path directory;

  @BeforeAll
  static void makeCertificates() throws Exception {
    Needs.rootAnd("env", "unshare", "mount");
    for (String name : NAMES) {
      keytool("-genkeypair", "-keyalg", "EC", "-validity", "30", "-alias", name)
          .dname("CN=" + name)
          .more("-ext", "san=ip:127.0.0.1")
          .run(store(name));
      keytool("-exportcert", "-rfc", "-alias", name, "-file", pem(name).toString())
          .run(store(name));
    }
    for (String name : List.of("first", "second")) {
      keytool("-importcert", "-noprompt", "-alias", name, "-file", pem(name).toString())
          .run(store("trusted"));
    }
  }

  private static Path store(String name) {
    return directory.resolve(name + ".p12");
  }

  private static Path pem(String name) {
    return directory.resolve(name + ".pem");
  }

  private static Keytool keytool(String... arguments) {
    return new Keytool(new ArrayList<>(List.of(arguments)));
  }

  private record Keytool(List<String> arguments) {
    Keytool dname(String name) {
      return more("-dname", name);
    }

    Keytool more(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    void run(Path store) throws Exception {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
      command.addAll(arguments);
      command.addAll(
          List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD), "-keystore"));
      command.add(store.toString());
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor()).as(output).isZero();
    }
  }

  private static KeyStore load(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  /** A client that trusts both of the server's certificates. */
  private static HttpClient client(String... certificate) throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(load(store("trusted")));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(certificate.length == 0 ? null : load(store(certificate[0])), PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(tls).build();
  }

  private static HttpResponse<String> get(Product product, HttpClient client) throws Exception {
    URI uri = URI.create("https://127.0.0.1:" + product.uri("/").getPort() + "/api/v1/status");
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Await.PATIENCE).build();
    return client.send(request, BodyHandlers.ofString());
  }

  /** The subject of the certificate that the server shows to a new connection. */
  private static String server(Product product, HttpClient client) throws Exception {
    HttpResponse<String> response = get(product, client);
    assertThat(response.statusCode()).isEqualTo(200);
    var shown = response.sslSession().orElseThrow().getPeerCertificates()[0];
    return ((X509Certificate) shown).getSubjectX500Principal().getName();
  }

  private static Product start(Path keys, String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of(more));
    options.add("-Dquarkus.tls.key-store.p12.path=" + keys);
    return Launch.listening("--interval", "200ms")
        .withJvm(options.toArray(String[]::new))
        .with("QUARKUS_TLS_KEY_STORE_P12_PASSWORD", new String(PASSWORD))
        .start();
  }

  private static void awaitPort(Product product) throws Exception {
    Await.untilTrue(
        "the port is open",
        () -> {
          assertThat(product.isAlive()).as(product.stderr()).isTrue();
          try {
            Answer.open(product).close();
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Test
  void withACertificateThePortIsHttpsAndTheBannerSaysSo() throws Exception {
    try (Product product = start(store("first"))) {
      awaitPort(product);
      assertThat(server(product, client())).isEqualTo("CN=first");
      assertThat(product.stderr())
          .contains("https://127.0.0.1:" + product.uri("/").getPort())
          .hasLineCount(1);
      assertThatThrownBy(() -> product.get("/api/v1/status")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void theFileOfSettingsMayHaveThePassword() throws Exception {
    String keys = "quarkus.tls.key-store.p12.";
    String settings =
        keys + "path=" + store("first") + "\\n" + keys + "password=" + new String(PASSWORD);
    String file = "/etc/tcptop/tcptop.properties";
    Launch launch =
        Launch.listening("--no-stdout")
            .withOwnFiles(
                "(umask 077; mkdir /etc/tcptop; printf '" + settings + "\\n' >" + file + ")");
    try (Product product = launch.start()) {
      awaitPort(product);
      assertThat(server(product, client())).isEqualTo("CN=first");
    }
  }

  @Test
  void aNewCertificateIsTakenWhileItRuns() throws Exception {
    Path inUse = Files.copy(store("first"), directory.resolve("in-use.p12"));
    // The file is root's, so that another user could not read it again.
    try (Product product = start(inUse, "-Dquarkus.tls.reload-period=1s", "-Dtcptop.user=root")) {
      awaitPort(product);
      assertThat(server(product, client())).isEqualTo("CN=first");
      Path next = Files.copy(store("second"), directory.resolve("next.p12"));
      Files.move(next, inUse, StandardCopyOption.ATOMIC_MOVE);
      Await.untilTrue(
          "the second certificate",
          () -> {
            try {
              return server(product, client()).equals("CN=second");
            } catch (IOException e) {
              return false; // Vert.x drops connections that come in the milliseconds of the change
            }
          });
    }
  }

  @Test
  void aClientThatIsTrustedIsServed() throws Exception {
    try (Product product = start(store("first"), trusting("client"))) {
      awaitPort(product);
      assertThat(get(product, client("client")).statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "stranger"})
  void anyOtherClientIsNot(String certificate) throws Exception {
    try (Product product = start(store("first"), trusting("client"))) {
      awaitPort(product);
      HttpClient client = certificate.isEmpty() ? client() : client(certificate);
      assertThatThrownBy(() -> get(product, client)).isInstanceOf(IOException.class);
      assertThat(get(product, client("client")).statusCode()).isEqualTo(200);
    }
  }

  private static String trusting(String name) {
    return "-Dquarkus.tls.trust-store.pem.certs=" + pem(name);
  }
}
