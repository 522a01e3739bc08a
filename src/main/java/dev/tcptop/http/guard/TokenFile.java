package dev.tcptop.http.guard;

import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.TrustedFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The token of a file, which is read again when the file changes: a Kubernetes secret that rotates
 * needs no restart. While the file is broken the former token stays valid. A request is admitted by
 * the token of its moment; a stream that is open goes on when the token changes.
 */
final class TokenFile {
  private static final Logger LOG = Logger.getLogger(TokenFile.class);

  /**
   * Attributes that tell one file from another at the same path. Links are followed: Kubernetes
   * rotates a secret by a link to another directory. The modification time alone would not do,
   * since it can be set to anything. Attributes are read first, and the file only when they change:
   * a user that tcptop becomes after its start cannot read the file, and may not even reach it.
   */
  private static final String IDENTITY = "unix:dev,ino,ctime,lastModifiedTime,size,mode,uid";

  private final TrustedFile file;
  private volatile Token token;

  // guarded by this
  private Map<String, Object> identity;
  private boolean broken;

  /**
   * Reads the token.
   *
   * @throws BadSettingException if the file cannot be read, others can write, replace or read it,
   *     or it holds no token
   */
  TokenFile(Path path) {
    try {
      file = TrustedFile.secret(path, Token.MOST_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Before the token is read, so that the next look sees a change in between.
    identity = attributes(Map.of());
    token = Token.read(file);
  }

  /** Whether a header {@code Authorization} bears the token. */
  boolean isBorneBy(@Nullable String authorization) {
    return token.isBorneBy(authorization);
  }

  /** Reads the token again if the file has changed. Says on stderr when the file breaks. */
  synchronized void look() {
    Map<String, Object> now = attributes(identity);
    if (!broken && now.equals(identity)) {
      return;
    }
    identity = now;
    try {
      token = Token.read(file);
      LOG.infof("%s is read again", file.path());
      if (broken) {
        System.err.println("tcptop: the token in " + file.path() + " is valid from now on");
      }
      broken = false;
    } catch (BadSettingException e) {
      if (!broken) {
        System.err.println(
            "tcptop: " + e.getMessage() + "; until then the former token stays valid");
      }
      broken = true;
    }
  }

  /**
   * @param unseen what stands for the attributes of a file in a directory that tcptop cannot search
   * @return empty: there is no file
   */
  private Map<String, Object> attributes(Map<String, Object> unseen) {
    try {
      return Files.readAttributes(file.path(), IDENTITY);
    } catch (AccessDeniedException e) {
      return unseen;
    } catch (IOException e) {
      return Map.of();
    }
  }
}
