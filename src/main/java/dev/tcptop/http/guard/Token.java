package dev.tcptop.http.guard;

import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.TrustedFile;
import dev.tcptop.config.UnsafeFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A bearer token (RFC 6750). Only its digest is kept. */
final class Token {
  /** What a file with a token has at most. */
  static final int MOST_BYTES = 4 << 10;

  private static final int LEAST_LENGTH = 16;
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
  private static final String SCHEME = "bearer ";

  private final byte[] digest;

  Token(String token) {
    digest = digest(token);
  }

  /**
   * The token that a file holds.
   *
   * @throws BadSettingException if the file cannot be read, is not as {@link TrustedFile} demands,
   *     or holds no token
   */
  static Token read(TrustedFile file) {
    String text;
    try {
      text = new String(file.read(), StandardCharsets.ISO_8859_1).strip();
    } catch (UnsafeFileException e) {
      throw refused(String.valueOf(e.getMessage()), file);
    } catch (AccessDeniedException e) {
      throw refused("a file that the user who runs tcptop can read without capabilities", file);
    } catch (IOException e) {
      throw refused("a file that is there and that tcptop may read", file);
    }
    if (!FORM.matcher(text).matches()) {
      throw refused("a file of one line, the token: letters, digits and any of -._~+/", file);
    }
    if (text.length() < LEAST_LENGTH) {
      throw refused("a file with a token of at least " + LEAST_LENGTH + " characters", file);
    }
    return new Token(text);
  }

  private static BadSettingException refused(String takes, TrustedFile file) {
    return new BadSettingException("token-file", takes, file.path().toString());
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
