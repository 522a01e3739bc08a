#!/usr/bin/env bash
# JLine: building a terminal makes Ctrl-C end the JVM without its shutdown hooks.
#
# Surprise: TerminalBuilder sets each signal's handler, SIGINT's too, to the system's default unless the program gives
#   another one. The JVM's own handler, which runs the shutdown hooks, is gone: SIGINT ends the process at once. The exit
#   status is 130 either way. A handler of one's own (terminal.handle(INT, ...)) that calls System.exit brings the hooks
#   back.
# Matters: a full-screen monitor restores the terminal, closes its BPF objects and writes its last lines in such a hook.
# Seen with: jline 4.5.0 and 3.30.6, JDK 17.
. "$(dirname "$0")/lib.sh"

cat >"$work/Ends.java" <<'JAVA'
import java.nio.file.Files;
import java.nio.file.Path;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

class Ends {
  static void write(String file, String text) {
    try {
      Files.writeString(Path.of(file), text);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  public static void main(String[] args) throws Exception {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> write(args[1], "shutdown hook run")));
    if (!args[0].equals("none")) {
      Terminal terminal = TerminalBuilder.builder().system(true).build();
      if (args[0].equals("handled")) {
        terminal.handle(Terminal.Signal.INT, signal -> System.exit(130));
      }
    }
    write(args[1] + ".ready", Long.toString(ProcessHandle.current().pid()));
    Thread.sleep(60_000);
  }
}
JAVA

# Runs the program on a terminal of its own, sends it SIGINT, and tells how it ended: ends LABEL KIND
ends() {
    local status=0 end=$work/$RANDOM
    env --default-signal=INT script --quiet --return --command \
        "java -cp '$work/lib/*' '$work/Ends.java' $2 '$end'" /dev/null </dev/null >"$work/screen" &
    await test -s "$end.ready"
    kill -INT "$(cat "$end.ready")"
    wait $! || status=$?
    echo "$1: status $status, $(cat "$end" 2>/dev/null || echo 'no shutdown hook run')"
}

for version in 4.5.0 3.30.6; do
    maven "org.jline:jline:$version"
    {
        [[ $version == 3.30.6 ]] || ends 'no terminal' none
        ends "JLine $version" plain
        ends "JLine $version with a handler" handled
    } >>"$work/seen"
    rm -r "${work:?}/lib"
done
expect "$work/seen" <<'SEEN'
no terminal: status 130, shutdown hook run
JLine 4.5.0: status 130, no shutdown hook run
JLine 4.5.0 with a handler: status 130, shutdown hook run
JLine 3.30.6: status 130, no shutdown hook run
JLine 3.30.6 with a handler: status 130, shutdown hook run
SEEN
