package dev.tcptop.http.guard;

import dev.tcptop.config.BadSettingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A bearer token (RFC 6750). Only its digest is kept. */
final class Token {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
  private static final Set<PosixFilePermission> OF_OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");
  private static final String SCHEME = "bearer ";

  private final byte[] digest;

  Token(String token) {
    digest = digest(token);
  }

  /**
   * The token that a file holds.
   *
   * @param file the file or a link to it, as Kubernetes makes for a secret: the mode of the file
   *     counts
   * @throws BadSettingException if the file cannot be read, is open to others, or holds no token
   */
  static Token read(Path file) {
    String text;
    try {
      if (!Collections.disjoint(Files.getPosixFilePermissions(file), OF_OTHERS)) {
        throw refused("a file that is closed to its group and to others (chmod 600)", file);
      }
      text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (AccessDeniedException e) {
      throw refused("a file that the user who runs tcptop can read without capabilities", file);
    } catch (IOException e) {
      throw refused("a file that is there and that tcptop may read", file);
    }
    if (!FORM.matcher(text).matches()) {
      throw refused("a file of one line, the token: letters, digits and any of -._~+/", file);
    }
    return new Token(text);
  }

  private static BadSettingException refused(String takes, Path file) {
    return new BadSettingException("token-file", takes, file.toString());
  }

  /**
   * Whether a header {@code Authorization} bears the token. Takes the same time wherever the two
   * differ.
   */
  boolean isBorneBy(@Nullable String authorization) {
    return authorization != null
        && authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)
        && MessageDigest.isEqual(digest, digest(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has SHA-256
    }
  }
}
