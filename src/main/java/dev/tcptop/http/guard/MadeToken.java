package dev.tcptop.http.guard;

import dev.tcptop.config.BadSettingException;
import dev.tcptop.config.TrustedFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The token that tcptop makes where it is given none. Its file is in a directory that the system
 * empties at each boot. All instances of a user share it, and a restart does not change it.
 */
public final class MadeToken {
  private static final int BYTES = 32;

  private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private MadeToken() {}

  /**
   * The path of the file for the user of this process, whether or not there is one.
   *
   * @throws BadSettingException if the user has no directory for it
   */
  public static Path path() {
    try {
      return path(TrustedFile.ownUid(), System.getenv("XDG_RUNTIME_DIR"));
    } catch (IOException e) {
      throw refused("the user of this process is not known: " + e.getMessage());
    }
  }

  /**
   * The path of the file.
   *
   * @param runtimeDirectory that of a user other than root
   */
  static Path path(int uid, @Nullable String runtimeDirectory) {
    if (uid == 0) {
      return Path.of("/run/tcptop/token");
    }
    if (runtimeDirectory == null || !runtimeDirectory.startsWith("/")) {
      throw refused("XDG_RUNTIME_DIR names no directory for the token of a user other than root");
    }
    return Path.of(runtimeDirectory, "tcptop", "token");
  }

  /**
   * Makes the file unless it is there.
   *
   * @return its path
   * @throws BadSettingException if it cannot be made
   */
  static Path ensure() {
    return ensure(path());
  }

  /**
   * Of several instances that start at a time one makes the file, and the others find it: it gets
   * its name once it is complete, and a link never replaces a file.
   */
  static Path ensure(Path file) {
    if (Files.exists(file)) {
      return file;
    }
    try {
      Path directory = makeDirectory(file.resolveSibling(""));
      Path unnamed = Files.createTempFile(directory, ".token", null, FILE_MODE);
      try {
        Files.writeString(unnamed, random() + "\n");
        Files.createLink(file, unnamed);
      } catch (FileAlreadyExistsException e) {
        return file;
      } finally {
        Files.delete(unnamed);
      }
    } catch (AccessDeniedException e) {
      throw refused("cannot make " + file + ": permission denied");
    } catch (IOException e) {
      throw refused("cannot make " + file + ": " + e.getMessage());
    }
    return file;
  }

  private static Path makeDirectory(Path directory) throws IOException {
    try {
      return Files.createDirectory(directory, DIRECTORY_MODE);
    } catch (FileAlreadyExistsException e) {
      return directory;
    }
  }

  private static String random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static BadSettingException refused(String reason) {
    return new BadSettingException(
        reason + "; give a token with --token-file FILE, or let all users ask with --insecure");
  }
}
