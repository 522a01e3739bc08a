package dev.tcptop.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A user of {@code /etc/passwd}. Other sources of users are not asked: they may be slow, and they
 * run code of their own in the process.
 *
 * @param uid the user's number, unsigned
 * @param gid the number of the user's group, unsigned
 */
public record SystemUser(String name, int uid, int gid) {
  private static final Path USERS = Path.of("/etc/passwd");

  /** The user of a machine that has none of {@link #USUAL}: the kernel's overflow id. */
  private static final SystemUser NOBODY = new SystemUser("nobody", 65534, 65534);

  private static final List<String> USUAL = List.of("tcptop", "nobody");

  /**
   * Reads the name of a user.
   *
   * @throws BadValueException if the machine has no such user
   */
  public static SystemUser parse(String text) {
    String name = text.strip();
    return find(name)
        .orElseThrow(
            () ->
                new BadValueException(
                    "the name of a user in " + USERS + ", such as nobody or root", text));
  }

  /** The user of tcptop where the user names none: {@code tcptop} if there is one, else nobody. */
  public static SystemUser usual() {
    return USUAL.stream().flatMap(name -> find(name).stream()).findFirst().orElse(NOBODY);
  }

  private static Optional<SystemUser> find(String name) {
    try (Stream<String> lines = Files.lines(USERS, StandardCharsets.ISO_8859_1)) {
      return lines
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length == 7 && fields[0].equals(name))
          .findFirst()
          .map(
              fields ->
                  new SystemUser(
                      name,
                      Integer.parseUnsignedInt(fields[2]),
                      Integer.parseUnsignedInt(fields[3])));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
