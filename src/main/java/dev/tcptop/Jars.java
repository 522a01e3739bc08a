package dev.tcptop;

import jakarta.json.spi.JsonProvider;
import jakarta.ws.rs.ext.RuntimeDelegate;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The jars of the class path, after tcptop became a user that may not enter their directory, such
 * as a clone in the home directory of root. A class loader opens a jar when it first looks into it,
 * and keeps it open: classes can be loaded later too. The file that names a service is opened anew
 * at each look, and so is a resource that is read as a stream.
 */
final class Jars {
  private Jars() {}

  /** Opens each jar, and loads the services that the program would otherwise look up later. */
  static void open() {
    try {
      // No jar has such a file, so each of them is opened.
      Jars.class.getClassLoader().getResources("META-INF/none").hasMoreElements();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RuntimeDelegate.getInstance(); // the answers of REST
    JsonProvider.provider(); // the answers of health checks
    System.LoggerFinder.getLoggerFinder(); // the JDK's log, at the end of the process
  }
}
