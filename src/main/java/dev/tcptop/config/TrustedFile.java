package dev.tcptop.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file whose content decides about access or about what a process of root does. It is read only
 * if the owners alone can have written it, and can have replaced it: each directory and each link
 * on the way to it belongs to them. So nobody else can change anything between the check and the
 * reading.
 *
 * @param path the file, or a link to it, as Kubernetes makes for a secret
 * @param owners the uids that are trusted
 * @param ownersName what the owners are, for the user
 * @param secret whether others must not read the file either
 * @param mostBytes the size in bytes that is still read
 */
public record TrustedFile(
    Path path, Set<Integer> owners, String ownersName, boolean secret, int mostBytes) {
  private static final int ROOT = 0;
  private static final int MOST_LINKS = 40; // as the kernel

  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;
  private static final int STICKY = 01000;
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int OPEN_TO_OTHERS = 0077;

  /** A file of root that others may read. */
  static TrustedFile ofRoot(Path path, int mostBytes) {
    return new TrustedFile(path, Set.of(ROOT), "root", false, mostBytes);
  }

  /** A file of root or of the user who runs tcptop at the moment, which nobody else may read. */
  public static TrustedFile secret(Path path, int mostBytes) throws IOException {
    int own = ownUid();
    return new TrustedFile(
        path,
        Set.copyOf(List.of(ROOT, own)),
        "root or to the user who runs tcptop",
        true,
        mostBytes);
  }

  /** The effective user of this process. */
  public static int ownUid() throws IOException {
    // The owner of /proc/self would be root for a process that must not be dumped.
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("Uid:")) {
        return Integer.parseUnsignedInt(line.split("\\s+", 4)[2]);
      }
    }
    throw new IOException("/proc/self/status has no Uid");
  }

  /**
   * Reads the file.
   *
   * @throws UnsafeFileException if the file is not as it has to be
   * @throws IOException if the file is not there or cannot be read
   */
  public byte[] read() throws IOException {
    try (SeekableByteChannel channel =
            Files.newByteChannel(
                check(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        InputStream in = Channels.newInputStream(channel)) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new UnsafeFileException("a file of at most " + (mostBytes >> 10) + " KiB");
      }
      return bytes;
    }
  }

  /** Checks the file and the way to it, and returns its path without links. */
  private Path check() throws IOException {
    Path reached = Path.of("/");
    Deque<Path> ahead = new ArrayDeque<>();
    path.toAbsolutePath().forEach(ahead::add);
    int links = 0;
    while (!ahead.isEmpty()) {
      Path next = reached.resolve(ahead.pop()).normalize();
      Map<String, Object> attributes =
          Files.readAttributes(next, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
      int mode = (int) requireNonNull(attributes.get("mode"));
      int uid = (int) requireNonNull(attributes.get("uid"));
      if ((mode & TYPE) == LINK) {
        if (++links > MOST_LINKS) {
          throw new FileSystemLoopException(path.toString());
        }
        checkReplaceable(next, uid, 0);
        Path target = Files.readSymbolicLink(next);
        for (int i = target.getNameCount() - 1; i >= 0; i--) {
          ahead.push(target.getName(i));
        }
        reached = target.isAbsolute() ? Path.of("/") : reached;
      } else if (ahead.isEmpty()) {
        checkFile(mode, uid);
        return next;
      } else {
        checkReplaceable(next, uid, mode);
        reached = next;
      }
    }
    throw new UnsafeFileException("a regular file");
  }

  /** In a sticky directory, such as /tmp, users replace their own entries alone. */
  private void checkReplaceable(Path way, int uid, int mode) throws UnsafeFileException {
    boolean writable = (mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0;
    if (writable || !owners.contains(uid)) {
      throw new UnsafeFileException(
          "a file that nobody else can replace ("
              + way
              + (writable ? " can be written by others" : " belongs to uid " + uid)
              + ")");
    }
  }

  private void checkFile(int mode, int uid) throws UnsafeFileException {
    if ((mode & TYPE) != REGULAR) {
      throw new UnsafeFileException(
          "a regular file"
              + ((mode & TYPE) == DIRECTORY ? " (this is a directory)" : " (no pipe or device)"));
    }
    if (!owners.contains(uid)) {
      throw new UnsafeFileException(
          "a file that belongs to " + ownersName + " (this one belongs to uid " + uid + ")");
    }
    if (secret && (mode & OPEN_TO_OTHERS) != 0) {
      throw new UnsafeFileException("a file that is closed to its group and to others (chmod 600)");
    }
    if ((mode & WRITABLE_BY_OTHERS) != 0) {
      throw new UnsafeFileException("a file that its owner alone can write (chmod go-w)");
    }
  }
}
